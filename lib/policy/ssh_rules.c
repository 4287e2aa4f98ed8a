/*
 * The rules of acceptance for ssh.
 */
#include "policy/acceptance.h"

const hj_rule hj__ssh_rows[H_COUNT] = {
	[H_ACTION] =
		{
			.code = "H001",
			.name = "ssh-action",
			.severity = HJ_ERROR_LEVEL,
			.summary = "an SSH rule has no action, or one that does not exist",
			.why = "The action is \"accept\" or \"check\", in lower case. What no rule "
			       "accepts is "
			       "denied.",
			.bad = "{\n"
			       "\t\"ssh\": [\n"
			       "\t\t{\"action\": \"Accept\", \"src\": [\"autogroup:member\"], "
			       "\"dst\": "
			       "[\"autogroup:self\"], \"users\": [\"root\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"ssh\": [\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
				"\"dst\": "
				"[\"autogroup:self\"], \"users\": [\"root\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write \"accept\" or \"check\"",
			.service = "\"‹action›\" is not a valid action",
		},
	[H_NO_USERS] =
		{
			.code = "H002",
			.name = "ssh-without-users",
			.severity = HJ_ERROR_LEVEL,
			.summary = "an SSH rule names no account",
			.why = "The service refuses a rule that does not say as whom one may log "
			       "in.",
			.bad = "{\n"
			       "\t\"ssh\": [\n"
			       "\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
			       "\"dst\": "
			       "[\"autogroup:self\"], \"users\": []},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"ssh\": [\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
				"\"dst\": "
				"[\"autogroup:self\"], \"users\": [\"root\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "name accounts in \"users\"",
			.service = "users must be specified",
		},
	[H_USER] =
		{
			.code = "H003",
			.name = "ssh-account",
			.severity = HJ_ERROR_LEVEL,
			.summary = "an account of an SSH rule is empty or a wildcard",
			.why = "There is no wildcard for accounts: \"autogroup:nonroot\" stands "
			       "for all but "
			       "root, and root is named.",
			.bad = "{\n"
			       "\t\"ssh\": [\n"
			       "\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
			       "\"dst\": "
			       "[\"autogroup:self\"], \"users\": [\"*\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"ssh\": [\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
				"\"dst\": "
				"[\"autogroup:self\"], \"users\": [\"autogroup:nonroot\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write \"autogroup:nonroot\", or names",
			.service = "user \"‹user›\" is not valid",
		},
	[H_DOMAIN] =
		{
			.code = "H004",
			.name = "ssh-foreign-domain",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a domain that is not the tailnet's own",
			.why = "user:*@DOMAIN and localpart:*@DOMAIN take the tailnet's domain "
			       "alone, in its "
			       "own letter case. Apart from \"*\" that is only judged when the "
			       "tailnet is "
			       "known.",
			.bad = "{\n"
			       "\t\"ssh\": [\n"
			       "\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
			       "\"dst\": "
			       "[\"autogroup:self\"], \"users\": [\"localpart:*@*\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"ssh\": [\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
				"\"dst\": "
				"[\"autogroup:self\"], \"users\": [\"localpart:*@example.com\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write the tailnet's domain",
			.service = "‹domain› is not associated with this Tailnet and cannot be "
				   "used in "
				   "user:*@<domain> expressions",
		},
	[H_SOURCE] =
		{
			.code = "H005",
			.name = "ssh-source",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a text cannot be the source of an SSH rule",
			.why = "SSH rules are about who somebody is: sources are users, groups, "
			       "tags and "
			       "autogroups of people, not wildcards, addresses or hosts.",
			.bad = "{\n"
			       "\t\"ssh\": [\n"
			       "\t\t{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": "
			       "[\"autogroup:self\"], \"users\": "
			       "[\"root\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"ssh\": [\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
				"\"dst\": "
				"[\"autogroup:self\"], \"users\": [\"root\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write \"autogroup:member\", a user, a group or a tag",
		},
	[H_DESTINATION] =
		{
			.code = "H006",
			.name = "ssh-destination",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a text cannot be the destination of an SSH rule",
			.why = "Destinations are tags, autogroup:tagged, autogroup:self, or the "
			       "very user who "
			       "connects; not hosts, addresses, networks, groups or \"*\", and "
			       "without ports.",
			.bad = "{\n"
			       "\t\"ssh\": [\n"
			       "\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
			       "\"dst\": "
			       "[\"100.64.0.9\"], \"users\": [\"root\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"ssh\": [\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
				"\"dst\": "
				"[\"autogroup:self\"], \"users\": [\"root\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write a tag, or \"autogroup:self\"",
			.service = "invalid dst \"‹destination›\"",
		},
	[H_OTHER_USER] =
		{
			.code = "H007",
			.name = "ssh-user-destination",
			.severity = HJ_ERROR_LEVEL,
			.summary = "the devices of one user are open to another",
			.why = "A user can be a destination only where the same user is the only "
			       "source. "
			       "Others can enter tagged devices.",
			.bad = "{\n"
			       "\t\"ssh\": [\n"
			       "\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
			       "\"dst\": "
			       "[\"alice@example.com\"], \"users\": [\"root\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"ssh\": [\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
				"\"dst\": "
				"[\"autogroup:self\"], \"users\": [\"root\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write \"autogroup:self\"",
			.service = "users in dst are only allowed from the same user",
		},
	[H_TAG_TO_USER] =
		{
			.code = "H008",
			.name = "ssh-tag-to-user",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a tagged device may enter devices of people",
			.why = "Tagged devices have no user, so autogroup:self has no meaning for "
			       "them; they "
			       "can enter tagged devices alone.",
			.bad = "{\n"
			       "\t\"tagOwners\": {\"tag:web\": []},\n"
			       "\t\"ssh\": [\n"
			       "\t\t{\"action\": \"accept\", \"src\": [\"tag:web\"], \"dst\": "
			       "[\"autogroup:self\"], "
			       "\"users\": [\"root\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:web\": []},\n"
				"\t\"ssh\": [\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"tag:web\"], \"dst\": "
				"[\"tag:web\"], \"users\": "
				"[\"root\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "give tags a rule of their own",
		},
	[H_TAG_CHECK] =
		{
			.code = "H009",
			.name = "ssh-tag-check",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a tagged device would have to pass a check",
			.why = "A check asks a person to log in again, and nobody sits at a tagged "
			       "device. "
			       "The documentation forbids it, and the service once answered with "
			       "an error of "
			       "its own.",
			.bad = "{\n"
			       "\t\"tagOwners\": {\"tag:web\": []},\n"
			       "\t\"ssh\": [\n"
			       "\t\t{\"action\": \"check\", \"src\": [\"tag:web\"], \"dst\": "
			       "[\"tag:web\"], \"users\": "
			       "[\"root\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:web\": []},\n"
				"\t\"ssh\": [\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"tag:web\"], \"dst\": "
				"[\"tag:web\"], \"users\": "
				"[\"root\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write \"accept\" for tags",
		},
	[H_PERIOD] =
		{
			.code = "H010",
			.name = "ssh-check-period",
			.severity = HJ_ERROR_LEVEL,
			.summary = "\"checkPeriod\" is no duration up to a week",
			.why = "A duration is written with h, m and s; there are no days. It is at "
			       "most 168h, "
			       "and not negative; \"always\" checks every connection.",
			.bad = "{\n"
			       "\t\"ssh\": [\n"
			       "\t\t{\"action\": \"check\", \"src\": [\"autogroup:member\"], "
			       "\"dst\": "
			       "[\"autogroup:self\"], \"users\": [\"root\"], \"checkPeriod\": "
			       "\"7d\"},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"ssh\": [\n"
				"\t\t{\"action\": \"check\", \"src\": [\"autogroup:member\"], "
				"\"dst\": "
				"[\"autogroup:self\"], \"users\": [\"root\"], \"checkPeriod\": "
				"\"160h\"},\n"
				"\t],\n"
				"}\n",
			.fix = "write \"12h\", \"1h30m\", or \"always\"",
			.service = "time: invalid duration \"‹text›\"",
		},
	[H_ENV] =
		{
			.code = "H011",
			.name = "ssh-accept-env",
			.severity = HJ_ERROR_LEVEL,
			.summary = "\"acceptEnv\" has an empty text",
			.why = "An empty text names no variable, and the service refuses the "
			       "policy.",
			.bad = "{\n"
			       "\t\"ssh\": [\n"
			       "\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
			       "\"dst\": "
			       "[\"autogroup:self\"], \"users\": [\"root\"], \"acceptEnv\": "
			       "[\"LANG\", \"\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"ssh\": [\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
				"\"dst\": "
				"[\"autogroup:self\"], \"users\": [\"root\"], \"acceptEnv\": "
				"[\"LANG\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "remove it",
			.service = "acceptEnv values cannot be empty",
		},
	[H_RECORDER] =
		{
			.code = "H012",
			.name = "ssh-recorder",
			.severity = HJ_ERROR_LEVEL,
			.summary = "\"recorder\" is not one tag",
			.why = "Sessions are recorded by the devices that carry one tag; several "
			       "recorders "
			       "carry the same one.",
			.bad = "{\n"
			       "\t\"ssh\": [\n"
			       "\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
			       "\"dst\": "
			       "[\"autogroup:self\"], \"users\": [\"root\"], \"recorder\": "
			       "[\"100.64.0.9\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:rec\": []},\n"
				"\t\"ssh\": [\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
				"\"dst\": "
				"[\"autogroup:self\"], \"users\": [\"root\"], \"recorder\": "
				"[\"tag:rec\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "name one tag",
		},
};

const hj_rule *hj_ssh_rules(size_t *count)
{
	*count = H_COUNT;
	return hj__ssh_rows;
}
