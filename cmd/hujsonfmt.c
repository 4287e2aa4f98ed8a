#include "cmd/hujsonfmt.h"

#include "cmd/formatting.h"

/*
 * Options as Go's flag package reads them: one dash or two, never bundled, -l=false, and the first
 * word that is no option ends them.
 */
struct flags {
	bool diff, list, minimize, standardize, write, help;
};

static bool read_bool(const char *word, bool *out)
{
	static const char *const yes[] = {"1", "t", "T", "true", "TRUE", "True"};
	static const char *const no[] = {"0", "f", "F", "false", "FALSE", "False"};
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
		if (strcmp(word, yes[i]) == 0 || strcmp(word, no[i]) == 0) {
			*out = strcmp(word, yes[i]) == 0;
			return true;
		}
	}
	return false;
}

static bool *find_flag(struct flags *flags, hj_slice name)
{
	if (hj_slice_equal(name, HJ_SLICE("help")))
		return &flags->help;
	if (name.size != 1)
		return NULL;
	switch (name.data[0]) {
	case 'd': return &flags->diff;
	case 'l': return &flags->list;
	case 'm': return &flags->minimize;
	case 's': return &flags->standardize;
	case 'w': return &flags->write;
	case 'h': return &flags->help;
	default: return NULL;
	}
}

/* The number of words that were options, or -1: it was said what is wrong. */
static int read_flags(struct app *app, int argc, char **argv, struct flags *out)
{
	int at = 1;
	for (; at < argc; at++) {
		const char *word = argv[at];
		if (word[0] != '-' || word[1] == '\0')
			break;
		word += word[1] == '-' ? 2 : 1;
		if (*word == '\0')
			return at + 1; /* "--" */
		const char *equals = strchr(word, '=');
		hj_slice name = hj_slice_of(word, equals ? (size_t)(equals - word) : strlen(word));
		bool *flag = find_flag(out, name);
		if (!flag) {
			app_complain(app, NULL, "flag provided but not defined: -%.*s (see -help)",
				HJ_SLICE_ARGS(name));
			return -1;
		}
		if (!equals) {
			*flag = true;
		} else if (!read_bool(equals + 1, flag)) {
			app_complain(app, NULL,
				"invalid boolean value \"%s\" for -%.*s (see -help)", equals + 1,
				HJ_SLICE_ARGS(name));
			return -1;
		}
	}
	return at;
}

static void help(struct stream *out)
{
	app_print(out,
		HJ_SLICE("usage: hujsonfmt [flags] [path ...]\n"
			 "  -d\tprint diffs instead of the formatted text\n"
			 "  -l\tlist files that are not formatted\n"
			 "  -m\tminimize\n"
			 "  -s\tstandardize: comments and trailing commas become blanks\n"
			 "  -w\twrite the result to the file instead of standard output\n"
			 "\n"
			 "This is hujson under another name; hujson --help shows all of it.\n"));
}

static int visit(struct app *app, struct input *input, void *context)
{
	hj_document *document;
	if (hj_parse(input->source, HJ_PARSE_FIRST_ERROR, &document))
		return app_out_of_memory(app, input->path);
	const hj_syntax_error *error = hj_document_error(document);
	int status = EXIT_CLEAN;
	if (!error) {
		status = formatting_apply(app, context, input, document);
	} else {
		app_flush(app, &app->out);
		app_print_safe(&app->err, hj_slice_str(input->path));
		app_print(&app->err, HJ_SLICE(": "));
		app_print_safe(&app->err, error->text);
		app_print(&app->err, HJ_SLICE("\n"));
		status = EXIT_TROUBLE;
	}
	hj_document_free(document);
	return status;
}

int hujsonfmt_run(struct app *app, int argc, char **argv)
{
	struct flags flags = {0};
	int read = read_flags(app, argc, argv, &flags);
	if (read < 0)
		return EXIT_TROUBLE;
	if (flags.help) {
		help(&app->err);
		return EXIT_CLEAN;
	}
	app_settle_color(app);
	if (flags.write && read == argc) {
		app_complain(app, NULL, "cannot use -w with standard input");
		return EXIT_TROUBLE;
	}
	struct formatting formatting = {
		.options =
			{
				.style = flags.minimize     ? HJ_MINIMIZED
					: flags.standardize ? HJ_STANDARD
							    : HJ_CANONICAL,
				.limit = UINT64_MAX,
				.allocator = app->allocator,
			},
		.list = flags.list,
		.diff = flags.diff,
		.write = flags.write,
		.end = '\n',
	};
	static const char *const extensions[] = {".hujson", NULL};
	struct inputs_options options = {.extensions = extensions, .quiet = true};
	hj_text_init(&formatting.text, app->allocator);
	int status =
		inputs_each(app, argv + read, (size_t)(argc - read), &options, visit, &formatting);
	hj_text_free(&formatting.text);
	/* There a difference is no failure, and a failure is 1. */
	return status == EXIT_TROUBLE ? EXIT_FOUND : EXIT_CLEAN;
}
