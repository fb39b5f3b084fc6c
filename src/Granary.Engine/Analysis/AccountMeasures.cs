namespace Granary.Engine.Analysis;

/// <summary>Measurements of a trading account apart from its equity and trades. Metrics are computed from them.</summary>
/// <param name="Periods">Bars of a strategy, rows of a portfolio: the returns behind the ratios.</param>
/// <param name="PeriodsInMarket">Periods at whose close something was held.</param>
/// <param name="Commission">Account currency, of all fills.</param>
/// <param name="Financing">Dividends and funding received less those owed, borrow fees and interest; account currency.</param>
/// <param name="IntrabarByPath">Bars that touched both stop and target of a trade and were decided by the path of smaller bars.</param>
/// <param name="IntrabarByRule">Such bars that the batch's rule decided although smaller bars were requested.</param>
internal readonly record struct AccountMeasures(
    long Periods, long PeriodsInMarket, double Commission, double Financing, int IntrabarByPath = 0, int IntrabarByRule = 0)
{
    /// <summary>Funding of perpetual futures received less that paid, a part of <see cref="Financing"/>; account currency.</summary>
    public double Funding { get; init; }

    /// <summary>Trades that ended in liquidation.</summary>
    public int Liquidations { get; init; }

    /// <summary>The greatest part of the equity that was margin of open positions at a row; 0 without a margin mode.</summary>
    public double MarginUseMost { get; init; }
}
