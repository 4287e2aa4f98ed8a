/*
 * hujson serve: the row of the table. What it does is in cmd/net/serve.c (see online.h).
 */
#include "cmd/command.h"

static const struct option serve_options[] = {
	{"listen", 0, "ADDRESS:PORT", NULL,
		"where to listen, 127.0.0.1:8080 unless given; port 0: any"},
	{"policy", 0, "FILE", NULL, "the policy file; it is replaced when a client sets another"},
	{"inventory", 'i', "FILE", NULL, "the tailnet's users, devices and services"},
	{"tailnet", 0, "NAME", NULL, "the tailnet's name, besides -"},
	{"token-file", 0, "FILE", NULL,
		"who may ask: lines TOKEN [SCOPE...] or client ID SECRET [SCOPE...]"},
	{"tls-cert", 0, "FILE", NULL, "serve https with this certificate (PEM)"},
	{"tls-key", 0, "FILE", NULL, "and this key (PEM)"},
	{"fault", 0, "FAULT", NULL, "answer wrongly on purpose, perhaps several times"},
	{"quiet", 'q', NULL, NULL, "no line for each request"},
};

extern const struct command cmd_serve;

const struct command cmd_serve = {
	.name = "serve",
	.operands = "",
	.summary = "answer as the API would, from files: a tailnet to try things on",
	.description =
		"A local twin of the service's API, for trying a change, a GitOps job or a "
		"Terraform plan without an account. It answers every endpoint of the table that "
		"`hujson tailnet endpoints` prints, with the service's statuses and bodies as far "
		"as they are known: the policy with ETags, If-Match and its tests, acl/validate, "
		"acl/preview; devices (authorization, tags, key, name, address, routes, posture "
		"attributes), users, services, posture integrations, invites, keys, DNS and "
		"settings. What is changed of the tailnet is seen by the policy's tests, and "
		"forgotten at the end; the policy is kept in the --policy file. Without that it "
		"begins with the default policy.\n"
		"\n"
		"What a twin does not do: it sends no mail, synchronises with nobody, lets nothing "
		"expire but its tokens and keys, and takes every identity token that has not "
		"ended. A "
		"refusal whose words are not known begins with \"bad request: \". Webhooks, log "
		"streaming and changes of users are no endpoints of the table, and answered with "
		"404. Where groups come from an identity provider the inventory says which, "
		"\"syncedGroups\": [\"group:hr@example.com\"].\n"
		"\n"
		"Without --token-file every request on the loopback is answered; elsewhere it "
		"listens "
		"with a --token-file alone. A token may have scopes, such as policy_file:read; "
		"without "
		"any it may do everything. A line \"client ID SECRET [SCOPE...]\" is an OAuth "
		"client.\n"
		"\n"
		"--fault KIND[=VALUE][@WHEN] lets requests go wrong: delay=MILLISECONDS, "
		"status=CODE[,RETRY-AFTER], html (a gateway's page), cut (before it has an "
		"effect), lose "
		"(the answer, after the effect), truncate (the answer), stale (somebody else edits "
		"the "
		"policy just before), no-etag. WHEN is the number of a request, a range (2-5, 2-) "
		"or a "
		"method; without it all requests are meant.\n",
	.options = serve_options,
	.option_count = sizeof serve_options / sizeof *serve_options,
	.examples = "# a tailnet on http://127.0.0.1:8080\n"
		    "$ hujson serve --policy policy.hujson --inventory inventory.hujson\n"
		    "# a push that loses its answer\n"
		    "$ hujson serve --policy policy.hujson --fault lose@POST\n",
	.found = NULL,
	.run = NULL,
};
