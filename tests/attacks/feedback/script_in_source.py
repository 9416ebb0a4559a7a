# tries: run a script in the feedback through the source of a cell
# earns: all
# </pre></div><script>document.title = 'PWNED'</script>
text = "</script><script>document.title = 'PWNED'</script><iframe srcdoc='<script>1</script>'>"
