namespace Granary.Engine.Analysis;

/// <summary>What is measured of a trading account beside its equity and its trades: metrics are computed from it.</summary>
/// <param name="Periods">Bars of a strategy, rows of a portfolio: the returns behind the ratios.</param>
/// <param name="PeriodsInMarket">Periods at whose close something was held.</param>
/// <param name="Commission">Account currency, of all fills.</param>
/// <param name="Financing">Dividends received less those owed, borrow fees and interest; account currency.</param>
/// <param name="IntrabarByPath">Bars that touched a trade's stop and target, and were decided by the path of smaller bars.</param>
/// <param name="IntrabarByRule">Such bars that the batch's rule had to decide, where a path was asked for.</param>
public readonly record struct AccountMeasures(
    long Periods, long PeriodsInMarket, double Commission, double Financing, int IntrabarByPath = 0, int IntrabarByRule = 0);
