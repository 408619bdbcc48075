import {
  formatMoney,
  formatNumber,
  type Language,
  type MessageKey,
  type MessageValues,
  nameOf,
  translate,
} from "../language/catalogue.ts";
import { memberNames } from "../schema/blend.ts";
import type { Interval, RunSummary } from "../schema/summary.ts";
import { concentrationChart, histogramChart } from "./charts/distribution.ts";
import { effectsChart } from "./charts/effects.ts";
import { frontierChart } from "./charts/frontier.ts";
import { learningChart } from "./charts/learning.ts";
import { relationChart } from "./charts/relation.ts";
import { retentionChart } from "./charts/retention.ts";
import { forecasterRows, metricColumns } from "./show/backtest.ts";
import { behaviourColumns, behaviourRows } from "./show/behaviour.ts";
import { blendSentences, intervalColumns, intervalRows, intervalSentences, weightRows } from "./show/blend.ts";
import { lifetimeModelSentences } from "./show/lifetime-models.ts";
import { limitColumns, limitRows, limitSentences } from "./show/limits.ts";
import { reasonSentence } from "./show/reasons.ts";
import { relationTables } from "./show/relation.ts";
import { style } from "./style.ts";
import { summaryLines } from "./summary-text.ts";

/** One self-contained page: nothing is fetched, and everything that came from data is escaped. */
export function renderReport(summary: RunSummary, language: Language): string {
  const page = new Page(summary, language);
  const title = translate(language, "report_title");
  const sections = [
    page.summary(),
    page.frontier(),
    page.plan(),
    page.effects(),
    page.truth(),
    page.backtest(),
    page.relation(),
    page.reasons(),
    page.distribution(),
    page.retention(),
    page.learning(),
    page.data(),
    page.stages(),
    page.glossary(),
  ];
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><main><h1>${escapeHtml(title)}</h1><p class="meta">${escapeHtml(summary.asOf)}</p>
${sections.join("\n")}
</main></body></html>
`;
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => escapes[character]);
}

/** The sections of one report, in one language. */
class Page {
  readonly #summary: RunSummary;
  readonly #language: Language;

  constructor(summary: RunSummary, language: Language) {
    this.#summary = summary;
    this.#language = language;
  }

  #say(key: MessageKey, values: MessageValues = {}): string {
    return escapeHtml(translate(this.#language, key, values));
  }
  #money(value: number | undefined, digits = 0): string {
    return value === undefined ? "–" : formatMoney(this.#language, value, this.#summary.currency, digits);
  }
  #name(kind: Parameters<typeof nameOf>[1], word: string): string {
    return escapeHtml(nameOf(this.#language, kind, word));
  }
  #section(title: MessageKey, ...parts: string[]): string {
    return `<section><h2>${this.#say(title)}</h2>${parts.join("\n")}</section>`;
  }
  #figure(svg: string, caption = ""): string {
    return `<figure>${svg}<figcaption>${caption}</figcaption></figure>`;
  }
  #table(columns: readonly MessageKey[], rows: readonly (readonly string[])[]): string {
    const head = columns.map((key) => `<th scope="col">${this.#say(key)}</th>`).join("");
    const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("\n");
    return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
  }
  #noPlan(): string {
    return `<p>${this.#say("report_no_plan", { reason: nameOf(this.#language, "reason", this.#summary.plan.reason ?? "") })}</p>`;
  }

  summary(): string {
    const lines = summaryLines(this.#summary, this.#language).map((line) => `<li>${escapeHtml(line)}</li>`);
    return this.#section("section_summary", `<ul>${lines.join("\n")}</ul>`);
  }

  frontier(): string {
    if (this.#summary.frontier.length === 0) return this.#section("section_frontier", this.#noPlan());
    return this.#section(
      "section_frontier",
      this.#figure(frontierChart(this.#summary, this.#language), this.#say("caption_frontier")),
    );
  }

  plan(): string {
    const { plan } = this.#summary;
    if (plan.status !== "ready") return this.#section("section_plan", this.#noPlan());
    const rows = plan.actions.map(({ action, customers, short, long, total, cost }) => [
      this.#name("action", action) + (plan.assumed ? this.#say("assumed") : ""),
      formatNumber(this.#language, customers),
      ...[short, long, total, cost].map((value) => this.#money(value)),
    ]);
    const all = [
      `<b>${this.#say("column_total")}</b>`,
      "",
      ...[plan.short, plan.long, plan.total, plan.cost].map((value) => `<b>${this.#money(value)}</b>`),
    ];
    return this.#section(
      "section_plan",
      this.#table(
        ["column_action", "column_customers", "column_short", "column_long", "column_total", "column_cost"],
        [...rows, all],
      ),
      this.#table(
        limitColumns,
        limitRows(this.#summary, this.#language).map((cells) => cells.map(escapeHtml)),
      ),
      ...limitSentences(this.#summary, this.#language).map((sentence) => `<p>${escapeHtml(sentence)}</p>`),
    );
  }

  effects(): string {
    const { effects } = this.#summary;
    if (!effects.some(({ short }) => short)) return this.#section("section_effects", this.#noPlan());
    const interval = (value?: Interval) =>
      value ? `${this.#money(value.estimate, 2)} (${this.#money(value.low, 2)} … ${this.#money(value.high, 2)})` : "–";
    const rows = effects.map(({ action, status, reason, decisions, short, long, total, minimumDetectableEffect }) => [
      this.#name("action", action) + (status === "refused" ? ` – ${this.#name("reason", reason ?? "")}` : ""),
      formatNumber(this.#language, decisions),
      interval(short),
      interval(long),
      interval(total),
      this.#money(minimumDetectableEffect, 2),
    ]);
    const table = this.#table(
      ["column_action", "column_decisions", "column_short", "column_long", "column_total", "column_detectable"],
      rows,
    );
    return this.#section(
      "section_effects",
      this.#figure(effectsChart(this.#summary, this.#language), this.#say("caption_effects")),
      table,
    );
  }

  truth(): string {
    const { truth } = this.#summary;
    if (!truth) return "";
    const rows = truth.policies.map(({ name, short, long, total, cost }) => [
      this.#name("policy", name),
      ...[short, long, total, cost].map((value) => this.#money(value)),
    ]);
    return this.#section(
      "section_truth",
      this.#table(["column_policy", "column_short", "column_long", "column_total", "column_cost"], rows),
    );
  }

  backtest(): string {
    const rows = this.#summary.backtest.horizons.flatMap((tested) =>
      forecasterRows(tested, this.#language).map((cells, at) => [
        ...(at === 0
          ? [
              `${tested.horizonDays} <small>${tested.origins.map(escapeHtml).join("<br>")}</small>`,
              formatNumber(this.#language, tested.customers),
            ]
          : ["", ""]),
        ...cells.map(escapeHtml),
      ]),
    );
    const table = this.#table(
      ["column_horizon", "column_customers", "column_forecast_by", ...metricColumns, "column_verdict"],
      rows,
    );
    const intervals = this.#table(
      intervalColumns,
      this.#summary.backtest.horizons
        .flatMap((tested) => intervalRows(tested, this.#language, this.#summary.currency))
        .map((cells) => cells.map(escapeHtml)),
    );
    const widths = this.#summary.backtest.horizons.flatMap((tested) =>
      intervalSentences(tested, this.#language, this.#summary.currency),
    );
    const models = lifetimeModelSentences(this.#summary.lifetimeModels, this.#language);
    return this.#section(
      "section_backtest",
      ...[this.#say("caption_backtest"), ...models.map(escapeHtml)].map((sentence) => `<p>${sentence}</p>`),
      table,
      `<p>${this.#say("show_intervals")}</p>`,
      intervals,
      ...widths.map((sentence) => `<p>${escapeHtml(sentence)}</p>`),
      ...this.#behaviour(),
      this.#blends(),
    );
  }

  relation(): string {
    const { relation, currency } = this.#summary;
    if (!relation) return "";
    const chart = this.#figure(
      relationChart(relation, currency, this.#language),
      this.#say("caption_relation", { shortDays: relation.shortDays, clvDays: relation.clvDays, currency }),
    );
    const tables = relationTables(relation, this.#language, currency).map(
      ({ title, columns, rows }) =>
        `<p>${escapeHtml(title)}</p>${
          rows.length > 0
            ? this.#table(
                columns,
                rows.map((cells) => cells.map(escapeHtml)),
              )
            : ""
        }`,
    );
    return this.#section("section_relation", chart, ...tables);
  }

  reasons(): string {
    const { reasons, currency } = this.#summary;
    if (reasons.examples.length === 0) return "";
    const [shortDays, clvDays] = reasons.horizonsDays;
    const [short, clv] = reasons.typicalValues.map((value) => this.#money(value, 2));
    const examples = reasons.examples.map(({ customerId, quadrant, forecast }) => {
      const sentences = forecast.reasons.map(
        (reason) => `<li>${escapeHtml(reasonSentence(reason, this.#language, currency))}</li>`,
      );
      const title = this.#say("reason_example", {
        quadrant: nameOf(this.#language, "quadrant", quadrant),
        customerId,
        value: this.#money(forecast.value, 2),
      });
      return `<h3>${title}</h3><ul>${sentences.join("\n")}</ul>`;
    });
    const caption = this.#say("caption_reasons", { shortDays, clvDays, short, clv });
    return this.#section("section_reasons", `<p>${caption}</p>`, ...examples);
  }

  #behaviour(): string[] {
    const rows = behaviourRows(this.#summary, this.#language).map((cells) => cells.map(escapeHtml));
    return rows.length === 0 ? [] : [`<p>${this.#say("show_behaviour")}</p>`, this.#table(behaviourColumns, rows)];
  }

  #blends(): string {
    const head = ["column_known_until", "column_horizon"] as const;
    const members = memberNames.map((name) => `forecaster_${name}` as const);
    const rows = weightRows(this.#summary, this.#language).map((cells) => cells.map(escapeHtml));
    const sentences = blendSentences(this.#summary, this.#language).map((sentence) => `<p>${escapeHtml(sentence)}</p>`);
    return [
      `<p>${this.#say("show_blends")}</p>`,
      this.#table([...head, ...members, "column_rests_on"], rows),
      ...sentences,
    ].join("\n");
  }

  distribution(): string {
    const charts = [histogramChart(this.#summary, this.#language), concentrationChart(this.#summary, this.#language)];
    const caption = this.#say("caption_distribution", { days: this.#summary.distribution.horizonDays });
    return this.#section("section_distribution", `<p>${caption}</p>`, ...charts.map((svg) => this.#figure(svg)));
  }

  retention(): string {
    if (this.#summary.retention.length === 0) return "";
    return this.#section(
      "section_retention",
      this.#figure(retentionChart(this.#summary), this.#say("caption_retention")),
    );
  }

  learning(): string {
    const { networks } = this.#summary;
    const today = networks.filter(({ asOf }) => asOf === networks[networks.length - 1].asOf);
    const charts = today.map(({ name, learning }) =>
      this.#figure(learningChart(learning, this.#language), nameOf(this.#language, "forecaster", name)),
    );
    return this.#section("section_learning", ...charts, `<p>${this.#say("caption_learning")}</p>`);
  }

  data(): string {
    const number = (value: number) => formatNumber(this.#language, value);
    const { sources, setAsideReasons, rules, ruleEffects, clv } = this.#summary.data;
    // A rule's effect is one number over all its tables: it stands in the rule's first row.
    const touched = rules.filter(({ rowsTouched }) => rowsTouched > 0);
    const effectOf = (row: number) =>
      touched.findIndex(({ rule }) => rule === touched[row].rule) === row
        ? this.#money(ruleEffects.find(({ rule }) => rule === touched[row].rule)?.clvEffect)
        : "";
    return this.#section(
      "section_data",
      this.#table(
        ["column_file", "column_rows", "column_kept", "column_set_aside"],
        sources.map(({ file, rows, kept, setAside }) => [
          escapeHtml(file),
          number(rows),
          number(kept),
          number(setAside),
        ]),
      ),
      this.#table(
        ["column_table", "column_reason", "column_rows"],
        setAsideReasons.map(({ table, reason, rows }) => [
          escapeHtml(table),
          this.#name("reason", reason),
          number(rows),
        ]),
      ),
      this.#table(
        ["column_rule", "column_table", "column_rows", "column_touched", "column_money", "column_clv_effect"],
        touched.map(({ rule, table, rowsBefore, rowsTouched, moneyTouched }, row) => [
          this.#name("rule", rule),
          escapeHtml(table),
          number(rowsBefore),
          number(rowsTouched),
          this.#money(moneyTouched),
          effectOf(row),
        ]),
      ),
      `<p>${this.#say("caption_clv_effect", {
        days: clv.horizonDays,
        asItCame: this.#money(clv.asItCame),
        cleaned: this.#money(clv.cleaned),
      })}</p>`,
    );
  }

  stages(): string {
    const rows = this.#summary.stages.map(({ stage, rows: count, seconds }) => [
      this.#name("stage", stage),
      formatNumber(this.#language, count),
      seconds.toFixed(1),
    ]);
    return this.#section("section_stages", this.#table(["column_stage", "column_rows", "column_seconds"], rows));
  }

  glossary(): string {
    return this.#section("section_glossary", `<p>${this.#say("glossary", { days: 90 })}</p>`);
  }
}
