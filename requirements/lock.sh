#!/bin/sh
# Writes the locks anew: exact versions with hashes, no index address. Usage: sh requirements/lock.sh path/to/uv
set -eu
UV=$1
compile() {
    "$UV" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate "$@"
}
compile pyproject.toml --extra build -o requirements/base.txt
compile pyproject.toml --extra build --extra app --extra market --extra money --extra rights --extra science --extra test --extra docs -c requirements/base.txt -o requirements/dev.txt
compile pyproject.toml --extra build --extra app --extra market --extra money --extra rights --extra science --extra test --extra docs --extra kernel -c requirements/dev.txt -o requirements/kernel.txt
echo uv | compile - -o requirements/uv.txt
