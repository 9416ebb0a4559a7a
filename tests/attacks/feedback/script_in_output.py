# tries: run a script in the feedback through printed text
# earns: all
print("<script>document.title = 'PWNED'</script>")
print("</pre></div><script>document.title = 'PWNED'</script><img src=x onerror=alert(1)>")
