# tries: run a script in the feedback through displayed objects
# earns: all
class Rich:
    def _repr_html_(self):
        return "<script>document.title = 'PWNED'</script>"

    def _repr_svg_(self):
        return "<svg onload=\"document.title='PWNED'\"><script>alert(1)</script></svg>"

    _repr_markdown_ = _repr_latex_ = _repr_javascript_ = __repr__ = _repr_html_


display(Rich())
Rich()
# %%
%%html
<script>document.title = 'PWNED'</script>
# %%
%%javascript
document.title = 'PWNED'
