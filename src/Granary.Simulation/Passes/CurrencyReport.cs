using Granary.Engine.Catalogues;
using Granary.Engine.Portfolio;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Creates the section of results.json on currencies.</summary>
internal static class CurrencyReport
{
    /// <returns>Null if all instruments have the account's currency.</returns>
    public static CurrencyResults? Of(PortfolioRun run, BatchSpec spec) => run.CurrencyParts is not { } parts ? null
        : new CurrencyResults(spec.Data.AccountCurrency ?? "", EnumWords.Of(spec.Execution.Settings.Conversion),
            parts.Price / run.StartingCash, parts.Currency / run.StartingCash, parts.Product / run.StartingCash)
        {
            Balances = [.. run.Balances.Select(b => new CurrencyBalance(b.Currency, b.Amount, b.Rate))],
        };
}
