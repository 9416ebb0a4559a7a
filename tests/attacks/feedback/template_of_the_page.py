# tries: use the language of the page's template
# earns: all
print("{{ 7 * 7 }} {% include '/etc/passwd' %} {{ resources.nbgrader }} {%- endfor -%}")
print("<!-- {{ cell.source }} --> <![CDATA[ ]]> &lt;script&gt;document.title='PWNED'&lt;/script&gt;")
