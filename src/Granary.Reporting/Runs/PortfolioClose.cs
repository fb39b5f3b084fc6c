namespace Granary.Reporting.Runs;

/// <summary>The portfolio's position in one symbol at a row of its equity, account currency.</summary>
/// <param name="Net">Longs less shorts, at the last close.</param>
/// <param name="Gross">Longs and shorts together.</param>
public readonly record struct SymbolValue(string Symbol, double Net, double Gross);

/// <summary>A row of the portfolio's equity with the positions behind it.</summary>
/// <param name="Held">The symbols with a position; their gross values are the row's exposure.</param>
public readonly record struct PortfolioClose(EquityRow Row, IReadOnlyList<SymbolValue> Held);
