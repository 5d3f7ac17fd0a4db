"""The code of the Lambda functions, a package each; what they share is in `shared`.

It runs on Lambda as it lies here, with no packages besides the runtime's own. A function's asset
has its own package and `shared`: a change in one function leaves the others as they are deployed.
"""
