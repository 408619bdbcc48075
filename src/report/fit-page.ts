import { type Language, type MessageKey, translate } from "../language/catalogue.ts";
import type { FittedModel } from "../lifetime/fit.ts";
import { trackPurchases } from "../lifetime/tracking.ts";
import { parametersAt } from "../models/covariates.ts";
import type { PurchaseSummary, Purchases, SummaryOptions } from "../models/purchase-summary.ts";
import { decileError } from "../stats/ranking.ts";
import {
  calibrationChart,
  conditionalChart,
  frequencyChart,
  historyMatrix,
  trackingChart,
} from "./charts/purchases.ts";
import { fitLines } from "./fit-text.ts";
import { escapeHtml } from "./report.ts";
import { style } from "./style.ts";

export interface FitPage {
  readonly file: string;
  readonly summary: PurchaseSummary;
  readonly fitted: readonly FittedModel[];
  readonly transactions?: { readonly file: Purchases; readonly summaryOptions: SummaryOptions };
}

/** One self-contained page about fitted models: parameters, fit, tracking, matrices, calibration. */
export function renderFitPage({ file, summary, fitted, transactions }: FitPage, language: Language): string {
  const say = (key: MessageKey) => escapeHtml(translate(language, key));
  const figure = (svg: string, caption: MessageKey) =>
    `<figure>${svg}<figcaption>${say(caption)}</figcaption></figure>`;
  const sections = fitted.map(({ fit, report, predictions }) => {
    const horizon = summary.holdout?.time ?? summary.age.reduce((sum, one) => sum + one, 0) / summary.rows;
    const { model } = fit;
    const { covariates } = summary;
    const means = covariates?.columns.map((column) => column.reduce((sum, one) => sum + one, 0) / column.length);
    const parameters = parametersAt(model, fit.parameters, means ?? []);
    const typical = covariates ? [`<p>${say("fit_mean_covariates")}</p>`] : [];
    const charts = [
      figure(frequencyChart(fit, summary, language), "caption_frequency_fit"),
      ...typical,
      figure(
        historyMatrix(summary, (history) => model.expectedPurchases(parameters, history, horizon), {
          digits: 2,
          label: translate(language, "label_expected_purchases"),
          language,
        }),
        "caption_expected_matrix",
      ),
      figure(
        historyMatrix(summary, (history) => model.probabilityAlive(parameters, history), {
          digits: 3,
          label: translate(language, "label_probability_alive"),
          language,
        }),
        "caption_alive_matrix",
      ),
    ];
    if (transactions) {
      const tracking = trackPurchases(fit, transactions.file, transactions.summaryOptions);
      charts.push(
        figure(trackingChart(tracking, true, language), "caption_tracking_cumulative"),
        figure(trackingChart(tracking, false, language), "caption_tracking"),
      );
    }
    if (summary.holdout) {
      const { actual, predicted } = decileError(summary.holdout.frequency, predictions.expectedTransactions);
      charts.push(
        figure(conditionalChart(summary, predictions.expectedTransactions, language), "caption_conditional"),
        figure(calibrationChart(actual, predicted, language), "caption_calibration"),
      );
    }
    const table = fitLines(report, language).map(escapeHtml).join("\n");
    return `<section><h2>${escapeHtml(model.name)}</h2><pre>${table}</pre>${charts.join("\n")}</section>`;
  });
  const title = `${translate(language, "fit_page_title")} – ${file.split("/").at(-1)}`;
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${style} pre { overflow-x: auto; }</style></head>
<body><main><h1>${escapeHtml(title)}</h1>
${sections.join("\n")}
</main></body></html>
`;
}
