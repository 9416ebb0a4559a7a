# tries: read and raise grades in the database
# earns: all
import sqlite3

try:
    base = sqlite3.connect("COURSE/gradebook.db")
    print(base.execute("select last_name from student").fetchall())
    base.execute("update grade set auto_score = 99")
    base.commit()
except sqlite3.Error as error:
    print(error)
