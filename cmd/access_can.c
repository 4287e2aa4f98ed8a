/*
 * `access can`: a verdict, the rules that say so, or what comes nearest.
 */
#include "cmd/access.h"
#include "cmd/report.h"

struct asked {
	hj_access_question question;
	hj_slice destination; /* as given, with its port */
	bool narrow;          /* a port that an SSH or app question cannot have */
};

/* -- text ------------------------------------------------------------------------------------------ */

static void put_flow(hj_text *out, const struct asked *asked)
{
	const hj_access_question *question = &asked->question;
	report_safe(out, question->source);
	hj_text_str(out, " → ");
	report_safe(out, asked->destination);
	if (question->kind == HJ_ACCESS_SSH) {
		hj_text_str(out, question->account.size ? " as " : " by ssh");
		report_safe(out, question->account);
	} else if (question->kind == HJ_ACCESS_APP) {
		hj_text_byte(out, ' ');
		report_safe(out, question->capability);
	}
}

static void put_verdict(struct access *access, const hj_access_answer *answer)
{
	static const char *const colors[] = {"31", "33", "33", "32"};
	const char *text = hj_access_verdict_text(answer->verdict);
	if (access->app->out.color)
		hj_text_printf(&access->text, "\033[1;%sm%s\033[0m", colors[answer->verdict], text);
	else
		hj_text_str(&access->text, text);
}

static void put_names(hj_text *out, const char *title, const hj_access_names *names)
{
	if (names->of_all == 0)
		return;
	hj_text_printf(out, "  %s: ", title);
	access_names_append(names, out);
	hj_text_byte(out, '\n');
}

static void put_rules(struct access *access, const hj_access_answer *answer)
{
	hj_text *out = &access->text, text;
	hj_text_init(&text, access->app->allocator);
	for (uint32_t i = 0; i < answer->rule_count; i++) {
		const hj_rule_place *rule = &answer->rules[i];
		if (rule->section == HJ_OF_NO_RULE) {
			hj_text_str(out,
				"  there is neither \"acls\" nor \"grants\", so everything "
				"is allowed\n");
			continue;
		}
		hj_text_clear(&text);
		if (hj_rule_text_append(&text, &access->joined.policy, *rule) || text.status)
			out->status = HJ_NO_MEMORY;
		hj_text_printf(out, "  line %u: ", access_line(access, rule->node));
		report_safe(out, hj_text_slice(&text));
		hj_text_byte(out, '\n');
	}
	hj_text_free(&text);
}

static void put_text(
	struct access *access, const struct asked *asked, const hj_access_answer *answer)
{
	hj_text *out = &access->text;
	put_verdict(access, answer);
	hj_text_str(out, ": ");
	put_flow(out, asked);
	if (answer->check)
		hj_text_str(out, ", after a check");
	hj_text_byte(out, '\n');
	if (answer->pairs == 0)
		hj_text_str(out, "  one of them is nobody\n");
	/* Whoever is not like the others. */
	int kinds = (answer->allowed.of_all > 0) + (answer->depends.of_all > 0) +
		(answer->blocked.of_all > 0);
	if (kinds > 1) {
		put_names(out, "allowed", &answer->allowed);
		put_names(out, "depends", &answer->depends);
		put_names(out, "blocked", &answer->blocked);
	}
	if (answer->asked < answer->pairs)
		hj_text_printf(out, "  of the first %llu of %llu pairs\n",
			(unsigned long long)answer->asked, (unsigned long long)answer->pairs);
	put_names(out, "if", &answer->facts);
	if (answer->nearest.size) {
		hj_text_str(out, "  nearest: ");
		report_safe(out, answer->nearest);
		if (answer->nearest_node)
			hj_text_printf(out, ": line %u", access_line(access, answer->nearest_node));
		hj_text_byte(out, '\n');
	}
	put_rules(access, answer);
}

/* -- JSON ------------------------------------------------------------------------------------------ */

static void put_counts(struct access *access, const hj_access_answer *answer)
{
	static const char *const titles[] = {"allowed", "depends", "blocked"};
	const hj_access_names *lists[] = {&answer->allowed, &answer->depends, &answer->blocked};
	hj_emit *emit = &access->emit;
	hj_emit_number(emit, "pairs", answer->pairs);
	hj_emit_number(emit, "asked", answer->asked);
	for (unsigned i = 0; i < 3; i++) {
		hj_emit_object(emit, titles[i]);
		hj_emit_number(emit, "count", lists[i]->of_all);
		access_emit_names(access, "first", lists[i]);
		hj_emit_end(emit);
	}
}

static void put_json(struct access *access, const struct asked *asked,
	const hj_access_target *target, const hj_access_answer *answer)
{
	hj_emit *emit = &access->emit;
	const hj_access_question *question = &asked->question;
	hj_emit_object(emit, NULL);
	hj_emit_string(emit, "source", question->source);
	access_emit_target(access, target);
	if (question->kind == HJ_ACCESS_SSH)
		hj_emit_string(emit, "account", question->account);
	if (question->kind == HJ_ACCESS_APP)
		hj_emit_string(emit, "capability", question->capability);
	hj_emit_string(emit, "answer", hj_slice_str(hj_access_verdict_text(answer->verdict)));
	if (question->kind == HJ_ACCESS_SSH)
		hj_emit_bool(emit, "check", answer->check);
	put_counts(access, answer);
	access_emit_names(access, "depends_on", &answer->facts);
	access_emit_rules(access, answer->rules, answer->rule_count);
	if (answer->nearest.size) {
		hj_emit_object(emit, "nearest");
		hj_emit_string(emit, "message", answer->nearest);
		if (answer->nearest_node)
			hj_emit_number(emit, "line", access_line(access, answer->nearest_node));
		else
			hj_emit_null(emit, "line");
		hj_emit_end(emit);
	} else {
		hj_emit_null(emit, "nearest");
	}
	hj_emit_end(emit);
	hj_text_byte(&access->text, '\n');
}

/* -- the subcommand -------------------------------------------------------------------------------- */

int access_can(struct access *access, const char *source, const char *destination,
	const char *account, const char *capability)
{
	struct asked asked = {.destination = hj_slice_str(destination)};
	hj_access_question *question = &asked.question;
	hj_access_target target;
	hj_access_answer answer;
	const char *what = NULL;
	hj_status status = hj_access_target_read(access->reach, asked.destination, &target, &what);
	if (status)
		return access_complain(access, asked.destination, status, what);
	if ((account || capability) && (target.port >= 0 || target.protocol >= 0))
		return options_misuse(access->app, access->arguments->command,
			"no port is wanted with an account or a capability");
	*question = (hj_access_question){
		.kind = account      ? HJ_ACCESS_SSH
			: capability ? HJ_ACCESS_APP
				     : HJ_ACCESS_NETWORK,
		.source = hj_slice_str(source),
		.destination = target.destination,
		.protocol = target.protocol,
		.port = target.port,
		.account = hj_slice_str(account),
		.capability = hj_slice_str(capability),
	};
	status = hj_access_can(access->reach, question, access->app->allocator, &answer, &what);
	if (status)
		return access_complain(access, question->source, status, what);
	if (access_wants(access, "json"))
		put_json(access, &asked, &target, &answer);
	else
		put_text(access, &asked, &answer);
	int found = answer.verdict == HJ_ACCESS_ALLOWED ? EXIT_CLEAN : EXIT_FOUND;
	hj_access_answer_free(&answer);
	status = (hj_status)access_pass(access);
	return status ? (int)status : found;
}
