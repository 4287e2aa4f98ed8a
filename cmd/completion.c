/*
 * Completion scripts, made from the tables of commands and options.
 */
#include "cmd/help.h"
#include "cmd/options.h"

/* What the operands of a command can be, read off its synopsis. */
static bool takes_files(const struct command *command)
{
	return command->operands && strstr(command->operands, "FILE");
}

static bool takes_command(const struct command *command)
{
	return command->operands && strstr(command->operands, "COMMAND");
}

static bool takes_rules(const struct command *command)
{
	return command->operands && strstr(command->operands, "RULE");
}

/* "bash|zsh|fish": lower case is taken as written. */
static bool takes_words(const struct command *command)
{
	return command->operands && strchr(command->operands, '|') && command->operands[0] >= 'a' &&
		command->operands[0] <= 'z';
}

/* Option number i, the common ones last; NULL past the end. */
static const struct option *option_at(const struct command *command, size_t i)
{
	if (i < command->option_count)
		return &command->options[i];
	size_t count;
	const struct option *common = options_common(&count);
	i -= command->option_count;
	return i < count ? &common[i] : NULL;
}

static void print_words(struct stream *out, const char *words)
{
	for (const char *at = words; *at; at++)
		app_print(out, *at == '|' ? HJ_SLICE(" ") : hj_slice_of(at, 1));
}

/* The words that a command's operands are chosen from. */
static void print_operands(struct stream *out, const struct command *command)
{
	size_t count;
	const struct command *const *all = commands(&count);
	if (takes_command(command))
		for (size_t i = 0; i < count; i++)
			app_printf(out, "%s%s", i ? " " : "", all[i]->name);
	else if (takes_rules(command))
		for (size_t i = 0, rules = hj_rule_count(); i < rules; i++)
			app_printf(out, "%s%s", i ? " " : "", hj_rule_at(i)->name);
	else if (takes_words(command))
		print_words(out, command->operands);
}

static bool has_operand_words(const struct command *command)
{
	return takes_command(command) || takes_rules(command) || takes_words(command);
}

/* -- bash: no words mean that bash completes file names ------------------------------------------ */

static void bash_values(struct stream *out, const struct command *command)
{
	const struct option *option;
	for (size_t i = 0; (option = option_at(command, i)); i++) {
		if (!option->value || option_is_lenient(option))
			continue;
		app_printf(out, "\t%s,--%s", command->name, option->name);
		if (option->letter)
			app_printf(out, "|%s,-%c", command->name, option->letter);
		if (option->choices) {
			app_print(out, HJ_SLICE(") words='"));
			print_words(out, option->choices);
			app_print(out, HJ_SLICE("' ;;\n"));
		} else {
			app_print(out, HJ_SLICE(") return ;;\n"));
		}
	}
}

static void bash_command(struct stream *out, const struct command *command)
{
	app_printf(out, "\t%s,-*) words='", command->name);
	const struct option *option;
	for (size_t i = 0; (option = option_at(command, i)); i++) {
		app_printf(out, "%s--%s", i ? " " : "", option->name);
		if (option->letter)
			app_printf(out, " -%c", option->letter);
	}
	app_print(out, HJ_SLICE("' ;;\n"));
	if (!has_operand_words(command))
		return;
	app_printf(out, "\t%s,*) words='", command->name);
	print_operands(out, command);
	app_print(out, HJ_SLICE("' ;;\n"));
}

static void print_bash(struct stream *out)
{
	size_t count;
	const struct command *const *all = commands(&count);
	app_print(out,
		HJ_SLICE("# bash completion for hujson\n"
			 "_hujson()\n"
			 "{\n"
			 "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - "
			 "1]}\n"
			 "\tlocal command=${COMP_WORDS[1]} words=\n"
			 "\tCOMPREPLY=()\n"
			 "\t# --name=value comes as three words\n"
			 "\t[[ $word == = ]] && word=\n"
			 "\t[[ $before == = ]] && before=${COMP_WORDS[COMP_CWORD - 2]}\n"
			 "\tif ((COMP_CWORD == 1)); then\n"
			 "\t\twords='"));
	for (size_t i = 0; i < count; i++)
		app_printf(out, "%s ", all[i]->name);
	app_print(out,
		HJ_SLICE("--help --version'\n"
			 "\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
			 "\t\treturn\n"
			 "\tfi\n"
			 "\tcase $command,$before in\n"));
	for (size_t i = 0; i < count; i++)
		bash_values(out, all[i]);
	app_print(out, HJ_SLICE("\t*) case $command,$word in\n"));
	for (size_t i = 0; i < count; i++)
		bash_command(out, all[i]);
	app_print(out,
		HJ_SLICE("\tesac ;;\n"
			 "\tesac\n"
			 "\t[[ $words ]] && mapfile -t COMPREPLY < <(compgen -W \"$words\" -- "
			 "\"$word\")\n"
			 "}\n"
			 "complete -o default -F _hujson hujson\n"));
}

/* -- zsh ---------------------------------------------------------------------------------------- */

/* Inside single quotes, where _arguments and _describe read brackets and colons. */
static void zsh_text(struct stream *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			app_print(out, HJ_SLICE("'\\''"));
		else if (strchr("[]:\\", *text))
			app_printf(out, "\\%c", *text);
		else
			app_print(out, hj_slice_of(text, 1));
	}
}

static void zsh_option(struct stream *out, const struct option *option)
{
	app_print(out, HJ_SLICE(" \\\n\t\t\t"));
	bool lenient = option_is_lenient(option);
	const char *equals = lenient ? "=-" : option->value ? "=" : "";
	if (option->letter)
		app_printf(out, "'(-%c --%s)'{-%c%s,--%s%s}'[", option->letter, option->name,
			option->letter, option->value ? "+" : "", option->name, equals);
	else
		app_printf(out, "'*--%s%s[", option->name, equals);
	zsh_text(out, option->help);
	app_print(out, HJ_SLICE("]"));
	if (option->value) {
		app_printf(out, ":%s:", lenient ? ":value" : option->value);
		if (option->choices) {
			app_print(out, HJ_SLICE("("));
			print_words(out, option->choices);
			app_print(out, HJ_SLICE(")"));
		} else {
			app_print(out, HJ_SLICE("_files"));
		}
	}
	app_print(out, HJ_SLICE("'"));
}

static void zsh_command(struct stream *out, const struct command *command)
{
	app_printf(out, "\t\t%s) _arguments -s -S", command->name);
	const struct option *option;
	for (size_t i = 0; (option = option_at(command, i)); i++)
		zsh_option(out, option);
	if (has_operand_words(command)) {
		app_print(out, HJ_SLICE(" \\\n\t\t\t'1:operand:("));
		print_operands(out, command);
		app_print(out, HJ_SLICE(")'"));
	} else if (takes_files(command)) {
		app_print(out, HJ_SLICE(" \\\n\t\t\t'*:file:_files'"));
	}
	app_print(out, HJ_SLICE(" ;;\n"));
}

static void print_zsh(struct stream *out)
{
	size_t count;
	const struct command *const *all = commands(&count);
	app_print(out,
		HJ_SLICE("#compdef hujson\n"
			 "_hujson()\n"
			 "{\n"
			 "\tlocal curcontext=$curcontext state line\n"
			 "\ttypeset -A opt_args\n"
			 "\t_arguments -C '(- *)'{-h,--help}'[print help]' \\\n"
			 "\t\t'(- *)'{-V,--version}'[print the version]' \\\n"
			 "\t\t'1: :->command' '*:: :->operands'\n"
			 "\tcase $state in\n"
			 "\tcommand)\n"
			 "\t\tlocal -a commands=(\n"));
	for (size_t i = 0; i < count; i++) {
		app_printf(out, "\t\t\t'%s:", all[i]->name);
		zsh_text(out, all[i]->summary);
		app_print(out, HJ_SLICE("'\n"));
	}
	app_print(out,
		HJ_SLICE("\t\t)\n"
			 "\t\t_describe command commands ;;\n"
			 "\toperands)\n"
			 "\t\tcase $words[1] in\n"));
	for (size_t i = 0; i < count; i++)
		zsh_command(out, all[i]);
	app_print(out,
		HJ_SLICE("\t\tesac ;;\n"
			 "\tesac\n"
			 "}\n"
			 "if [[ $funcstack[1] == _hujson ]]; then\n"
			 "\t_hujson \"$@\"\n"
			 "else\n"
			 "\tcompdef _hujson hujson\n"
			 "fi\n"));
}

/* -- fish --------------------------------------------------------------------------------------- */

static void fish_text(struct stream *out, const char *text)
{
	app_print(out, HJ_SLICE(" -d '"));
	for (; *text; text++)
		if (*text == '\'' || *text == '\\')
			app_printf(out, "\\%c", *text);
		else
			app_print(out, hj_slice_of(text, 1));
	app_print(out, HJ_SLICE("'\n"));
}

static void fish_command(struct stream *out, const struct command *command)
{
	app_printf(out, "complete -c hujson -n __fish_use_subcommand -a %s", command->name);
	fish_text(out, command->summary);
	const struct option *option;
	for (size_t i = 0; (option = option_at(command, i)); i++) {
		app_printf(out, "complete -c hujson -n '__fish_seen_subcommand_from %s' -l %s",
			command->name, option->name);
		if (option->letter)
			app_printf(out, " -s %c", option->letter);
		if (option->choices) {
			app_print(out, HJ_SLICE(" -x -a '"));
			print_words(out, option->choices);
			app_print(out, HJ_SLICE("'"));
		} else if (option->value && !option_is_lenient(option)) {
			app_print(out, HJ_SLICE(" -r -F"));
		}
		fish_text(out, option->help);
	}
	if (has_operand_words(command)) {
		app_printf(out, "complete -c hujson -n '__fish_seen_subcommand_from %s' -a '",
			command->name);
		print_operands(out, command);
		app_print(out, HJ_SLICE("'\n"));
	} else if (takes_files(command)) {
		app_printf(out, "complete -c hujson -n '__fish_seen_subcommand_from %s' -F\n",
			command->name);
	}
}

static void print_fish(struct stream *out)
{
	size_t count;
	const struct command *const *all = commands(&count);
	app_print(out,
		HJ_SLICE("# fish completion for hujson\n"
			 "complete -c hujson -f\n"
			 "complete -c hujson -n __fish_use_subcommand -s h -l help -d "
			 "'print help'\n"
			 "complete -c hujson -n __fish_use_subcommand -s V -l version -d "
			 "'print the version'\n"));
	for (size_t i = 0; i < count; i++)
		fish_command(out, all[i]);
}

bool completion_print(struct stream *out, const char *shell)
{
	static const struct {
		const char *name;
		void (*print)(struct stream *out);
	} shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
		if (strcmp(shells[i].name, shell) == 0) {
			shells[i].print(out);
			return true;
		}
	}
	return false;
}
