/*
 * hujson tailnet endpoints: the table of endpoints as a page, in Markdown. Nobody is asked.
 */
#include "api/twin.h"
#include "cmd/net/verb.h"

static void print_command(struct app *app, const hj_endpoint *endpoint)
{
	if (strncmp(endpoint->command, "hujson ", 7) != 0) {
		app_printf(&app->out, "%s", endpoint->command);
		return;
	}
	app_printf(&app->out, "`%s", endpoint->command);
	if (strcmp(endpoint->command, "hujson tailnet api") == 0)
		app_printf(&app->out, " %s '%s'", hj_method_name(endpoint->method), endpoint->path);
	app_print(&app->out, HJ_SLICE("`"));
}

static int run_endpoints(struct connection *connection, const struct arguments *arguments,
	char **operands, size_t count)
{
	(void)arguments, (void)operands, (void)count;
	struct app *app = connection->app;
	size_t rows;
	const hj_endpoint *endpoints = hj_endpoints(&rows);
	app_print(&app->out,
		HJ_SLICE("# Endpoints\n\n"
			 "What is called, by which command, with which scope; whether it may be "
			 "said "
			 "twice, and\nwhether `hujson serve` answers it. The bytes of each request "
			 "are "
			 "those of its name in\n`testdata/api/requests.http`, which "
			 "`lib/api/endpoint_test.c` compares.\n\n"
			 "| endpoint | request | what | command | scope | twice | served |\n"
			 "|---|---|---|---|---|---|---|\n"));
	for (size_t i = 0; i < rows; i++) {
		const hj_endpoint *row = &endpoints[i];
		app_printf(&app->out, "| %s | %s `%s` | %s | ", row->name,
			hj_method_name(row->method), row->path, row->summary);
		print_command(app, row);
		app_printf(&app->out, " | %s | %s | %s |\n", row->scope[0] ? row->scope : "none",
			row->repeatable ? "yes" : "no", hj_twin_answers(row) ? "yes" : "501");
	}
	return EXIT_CLEAN;
}

const struct verb endpoint_verbs[] = {
	{"endpoints", 0, 0, run_endpoints, VERB_OFFLINE | VERB_PAGED},
	{NULL, 0, 0, NULL, 0},
};
