# The commands of pipeline-retryd; `make` alone says what there is.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: help demo test build release deb tarball rpm format lint clean setup gates mutants corpus bench hooks

help:
	@echo 'make demo     install what is missing, build, and watch the daemon retry real failures'
	@echo 'make test     install what is missing, lint, build, run every test'
	@echo 'make gates    the slower proofs: AWS clients, simulation, thread sanitizer, package, systemd'
	@echo 'make mutants  how many of three thousand small errors are noticed (SAMPLE=100)'
	@echo 'make corpus   how well the built-in knowledge tells failures apart (CORPUS=FILE)'
	@echo 'make bench    CPU, memory and speed beside the AWS SDKs (QUICK=1: a smoke run)'
	@echo 'make build    debug build'
	@echo 'make release  optimised build with a static standard library'
	@echo 'make deb      the Debian package, in dist/'
	@echo 'make tarball  the program for other systems, with an install script, in dist/'
	@echo 'make rpm      the same as an rpm, in dist/'
	@echo 'make format   format the sources'
	@echo 'make hooks    lint before each commit'
	@echo 'make clean    remove what was built'

setup:
	@scripts/setup

build: setup
	swift build --build-tests --explicit-target-dependency-import-check error

release: setup
	swift build -c release --static-swift-stdlib --product pipeline-retryd
	swift build -c release --static-swift-stdlib --product codepipeline-simulator

deb: setup
	@scripts/package

tarball: setup
	@scripts/portable tarball

rpm: setup
	@scripts/portable rpm

demo: setup
	@scripts/demo

lint: setup
	@scripts/lint

test: setup
	@scripts/lint
	@scripts/test

gates: setup
	@scripts/gates

mutants: setup
	@scripts/mutants $(if $(SAMPLE),--sample $(SAMPLE))

corpus: setup
	@swift run --quiet cause-corpus $(or $(CORPUS),Tests/Corpus/failures.jsonl)

bench: setup
	@scripts/bench

hooks:
	@install -m 755 scripts/pre-commit "$$(git rev-parse --git-path hooks)/pre-commit"

format:
	swift format --in-place --recursive Package.swift Sources Tests

clean:
	rm -rf .build .venv dist
