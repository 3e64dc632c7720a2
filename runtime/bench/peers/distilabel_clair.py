"""distilabel's CLAIR task against an endpoint: distilabel_clair.py URL CONCURRENCY PROMPTS; prints what came of the prompts."""

import json
import sys

from distilabel.models import OpenAILLM
from distilabel.pipeline import Pipeline
from distilabel.steps import LoadDataFromDicts
from distilabel.steps.tasks import CLAIR

ANSWER = "It is what it is, for reasons that are well known. " * 12


def main(url: str, concurrency: int, prompts: int) -> None:
    data = [
        {"task": f"Task {index}: " + "what do you make of this, and why? " * 12, "student_solution": ANSWER}
        for index in range(prompts)
    ]
    with Pipeline(name="bench") as pipeline:
        load = LoadDataFromDicts(data=data, batch_size=concurrency)
        clair = CLAIR(
            llm=OpenAILLM(base_url=url, api_key="none", model="stand-in", max_retries=6),
            input_batch_size=concurrency,
        )
        load >> clair
    rows = pipeline.run(use_cache=False)["default"]["train"]
    revised = sum(1 for row in rows if row["revision"])
    print(json.dumps({"prompts": prompts, "answered": revised}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
