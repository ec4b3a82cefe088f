"""Who goes where: a snapshot in, a plan out; pure functions.

`routing.planner.plan` makes a plan, `routing.inspection.check` judges one by its own arithmetic,
`routing.danger.nearest_qualified` is the fast plan that needs no solver, and
`routing.explain.rank_crews` says how well each crew fits one task.
"""
