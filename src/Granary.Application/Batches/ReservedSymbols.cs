using Granary.Application.Json;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;

namespace Granary.Application.Batches;

/// <summary>
/// Checks that <c>limits.reserved</c> names symbols and strategies of the batch: a misspelled one would close a symbol to all strategies,
/// or to none.
/// </summary>
internal static class ReservedSymbols
{
    /// <exception cref="InputException">A symbol or a pattern that nothing in the batch matches.</exception>
    public static void Check(BatchSpec spec, IReadOnlyList<string> symbols, IReadOnlyList<StrategyInstance> instances)
    {
        // A production configuration keeps the limits of its batch, and has fewer strategies.
        if (spec.Portfolio.Limits.Reserved.Count == 0 || spec.Strategies.Any(s => s.Id is not null)) return;
        var place = spec.Portfolio.Place?.Find("limits")?.Find("reserved");
        foreach (var (symbol, patterns) in spec.Portfolio.Limits.Reserved.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            var part = place?.Find(symbol) ?? spec.Data.Place;
            if (!symbols.Contains(symbol, StringComparer.Ordinal))
            {
                var near = Spelling.Nearest(symbol, symbols);
                throw part.Fault($"'{symbol}' is reserved and is not among the batch's symbols; " + (near is null
                    ? "add it to the data section, or leave it out" : $"did you mean '{near}'?"));
            }
            foreach (var pattern in patterns)
            {
                if (instances.Any(i => PortfolioLimits.Names(pattern, i.Id))) continue;
                var near = Spelling.Nearest(pattern, instances.Select(i => i.Id).Distinct());
                throw part.Fault($"'{pattern}' matches no strategy of the batch, so that nobody could hold {symbol} by it; "
                    + (near is not null && near != pattern ? $"did you mean '{near}'?"
                        : "write a strategy's id, or the beginning of one with a '*'"));
            }
        }
    }
}
