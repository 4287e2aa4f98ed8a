/*
 * hujson tailnet: the row of the table. What it does is in cmd/net/ (see online.h).
 */
#include "cmd/command.h"
#include "cmd/connect_options.h"

static const struct option tailnet_options[] = {
	CONNECT_OPTIONS,
	{"json", 0, NULL, NULL, "get: as JSON, without comments"},
	{"details", 0, NULL, NULL, "get: with the service's warnings and errors"},
	{"hosts", 0, NULL, NULL, "services NAME: the devices that host it"},
	{"attributes", 0, NULL, NULL, "snapshot: with posture attributes, one request a device"},
	{"yes", 'y', NULL, NULL, "push: do not ask"},
	{"dry-run", 'n', NULL, NULL, "push: show what would change and send nothing"},
	{"base", 0, "REV", NULL,
		"push: what the file was made from, a revision of it, REV:PATH or a file"},
	{"inventory", 'i', "FILE", NULL,
		"push: the tailnet's users and devices, for tests and changes"},
	{"fail-on", 0, "WHAT", "gained|lost|any", "push: send nothing that changes access so"},
	{"max-gained", 0, "NUMBER", NULL, "push: send nothing by which more pairs gain access"},
	{"type", 0, "TYPE", "user|ipport", "preview: what --for is"},
	{"for", 0, "WHOM", NULL, "preview: a login, or ADDRESS:PORT"},
	{"field", 'f', "NAME=VALUE", NULL, "api: a member of the body's object"},
	{"input", 0, "FILE", NULL, "api: the body, - for standard input"},
	{"if-match", 0, "ETAG", NULL, "push, api: only over this version, or over ts-default"},
	{"select", 0, "POINTER", NULL, "only the value that a JSON Pointer names"},
	{"compact", 0, NULL, NULL, "print JSON as it came"},
};

extern const struct command cmd_tailnet;

const struct command cmd_tailnet = {
	.name = "tailnet",
	.operands = "VERB [OPERAND]...",
	.summary = "talk to a tailnet's API: read, check and replace its policy",
	.description =
		"get prints the policy file, byte for byte as the service has it.\n"
		"\n"
		"status FILE says whether a file is what the tailnet runs, from one request: the "
		"service's ETag is the hash of the canonical text.\n"
		"\n"
		"push FILE replaces the policy. It reads the one that is there, shows what the "
		"change "
		"lets people do and no longer do, asks (or takes --yes), and sends it so that the "
		"service refuses when somebody else changed the policy in between. When an answer "
		"is "
		"lost it looks again and says which of the two happened. A file that the service "
		"would refuse is not sent.\n"
		"\n"
		"push --base REV compares three policies: the one that the file was made from, "
		"the tailnet's and the file. It shows what the tailnet's policy has changed since "
		"then, "
		"what the file has, and what both have: access, and entry by entry of the text. A "
		"file that "
		"lacks an entry which the tailnet's policy has changed since is not sent; a change "
		"to "
		"comments alone is shown and stands not in the way. The same is shown when the "
		"service "
		"refuses since somebody was faster; without --base from what was read first.\n"
		"\n"
		"validate FILE asks the service whether it would accept a policy, its tests "
		"included, "
		"and shows where in the file its message comes from; test FILE runs the file's "
		"tests "
		"against the policy in force; preview FILE --type user|ipport --for WHOM shows the "
		"rules that match. None of them changes anything.\n"
		"\n"
		"devices [ID], users [ID], keys [ID], services [NAME], posture [DEVICE] and dns "
		"print "
		"what the tailnet has, as JSON. snapshot prints users, devices and services as an "
		"inventory for the other commands.\n"
		"\n"
		"api METHOD PATH calls any other endpoint; PATH is what follows /api/v2, and "
		"{tailnet} in it stands for the tailnet. endpoints prints the table of those that "
		"are "
		"known, with the command that calls each and the scope that it needs.\n"
		"\n"
		"On a terminal long answers go through $PAGER.\n"
		"\n" CONNECT_DESCRIPTION,
	.options = tailnet_options,
	.option_count = sizeof tailnet_options / sizeof *tailnet_options,
	.examples = "# the policy that is in force\n"
		    "$ hujson tailnet get >policy.hujson\n"
		    "# is this file what the tailnet runs?\n"
		    "$ hujson tailnet status policy.hujson\n"
		    "# replace it, after a look at what changes\n"
		    "$ hujson tailnet push policy.hujson\n"
		    "# the same, and nothing that was changed elsewhere since is lost\n"
		    "$ hujson tailnet push --base origin/main policy.hujson\n"
		    "# an inventory for check, test and diff\n"
		    "$ hujson tailnet snapshot >inventory.hujson\n"
		    "# any other endpoint\n"
		    "$ hujson tailnet api POST /device/n1/routes -f 'routes=[\"10.0.0.0/16\"]'\n",
	.found = "the file is not what the tailnet runs, was refused, or must not be sent",
	.run = NULL,
};
