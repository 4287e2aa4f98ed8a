/*
 * hujson gitops: the row of the table. What it does is in cmd/net/gitops.c (see online.h).
 */
#include "cmd/command.h"

static const struct option gitops_options[] = {
	{"policy-file", 0, "FILE", NULL, "the policy, ./policy.hujson unless given"},
	{"cache-file", 0, "FILE", NULL,
		"which version was applied last, ./version-cache.json unless given"},
	{"timeout", 0, "DURATION", NULL, "for the whole run, 5m unless given"},
	{"github-syntax", 0, "[=BOOL]", NULL,
		"annotate for GitHub Actions, true unless it is false"},
	{"api-server", 0, "HOST[:PORT]", NULL, "api.tailscale.com unless given"},
	{"fail-on-manual-edits", 0, "[=BOOL]", NULL, "stop when the policy was changed elsewhere"},
	{"base-url", 0, "ORIGIN", NULL, "the same as --api-server, with http:// or https://"},
	{"verbose", 'v', NULL, NULL, "say on standard error what is sent and received"},
};

extern const struct command cmd_gitops;

const struct command cmd_gitops = {
	.name = "gitops",
	.operands = "test|apply|checksum",
	.summary = "stand in for the GitOps pusher, with its options and files",
	.description =
		"test asks the service whether it would accept the policy, its tests included. "
		"apply replaces the tailnet's policy, unless it is the same already, and only over "
		"the version that was read just before. checksum shows three hashes: of the "
		"service's policy, of the file and of what was applied last.\n"
		"\n"
		"Options, environment, cache file and output are those of the service's own "
		"gitops-pusher, so a job needs another program name and nothing else. What was "
		"changed: "
		"an answer that is no JSON keeps its status, an answer without an ETag is an "
		"error, a lost answer is looked after, refused entries are annotated "
		"on their line, test writes no cache file, and without one nobody is told "
		"that the policy was edited elsewhere.\n"
		"\n"
		"TS_TAILNET names the tailnet. The credential is TS_API_KEY, or TS_OAUTH_ID with "
		"TS_OAUTH_SECRET or TS_ID_TOKEN. SSL_CERT_FILE names certificates (PEM) to trust; "
		"TS_BASE_URL is where the API is.\n",
	.options = gitops_options,
	.option_count = sizeof gitops_options / sizeof *gitops_options,
	.examples = "# for a pull request\n"
		    "$ hujson gitops --policy-file policy.hujson test\n"
		    "# after the merge\n"
		    "$ hujson gitops --policy-file policy.hujson apply\n",
	.found = "refused, a test failed, edited elsewhere, or the service cannot be reached",
	.run = NULL,
};
