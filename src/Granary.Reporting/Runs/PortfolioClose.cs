namespace Granary.Reporting.Runs;

/// <summary>The portfolio's position in one symbol at an equity row, in account currency.</summary>
/// <param name="Net">Longs minus shorts, valued at the last close.</param>
/// <param name="Gross">Longs plus shorts.</param>
internal readonly record struct SymbolValue(string Symbol, double Net, double Gross);

/// <summary>An equity row of the portfolio with its positions.</summary>
/// <param name="Held">The symbols with a position; their gross values add up to the row's exposure.</param>
internal readonly record struct PortfolioClose(EquityRow Row, IReadOnlyList<SymbolValue> Held);
