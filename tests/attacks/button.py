"""What the Formgrader's button does: `python -m tests.attacks.button STUDENT` in a course."""

import sys

from nbgrader.apps import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory

from tests.attacks.notebook import ASSIGNMENT

app = NbGrader()
app.load_config_file()
api = NbGraderAPI(CourseDirectory(parent=app), parent=app)
answer = api.autograde(ASSIGNMENT, sys.argv[1])
print(answer)
sys.exit(not answer["success"])
