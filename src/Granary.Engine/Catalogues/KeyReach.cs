namespace Granary.Engine.Catalogues;

/// <summary>What a key of a batch changes, which decides what a new value is a new trial of.</summary>
public enum KeyReach
{
    /// <summary>What a strategy earns: another value makes each strategy a new trial.</summary>
    Strategy,

    /// <summary>The portfolio or how it is judged, and no account of a strategy: another value makes the portfolio a new trial.</summary>
    Portfolio,

    /// <summary>
    /// What trading costs. The ledger compares Sharpe ratios at equal costs; another value makes the portfolio a new trial.
    /// </summary>
    Costs,

    /// <summary>Which bars are read. The ledger knows data sets by their bars.</summary>
    Bars,

    /// <summary>No result: names and files.</summary>
    Label,
}
