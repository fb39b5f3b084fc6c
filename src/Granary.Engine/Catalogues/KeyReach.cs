namespace Granary.Engine.Catalogues;

/// <summary>The results that a key of a batch changes: they decide what a new value makes a new trial of.</summary>
public enum KeyReach
{
    /// <summary>The results of strategies: a different value makes each strategy a new trial.</summary>
    Strategy,

    /// <summary>The portfolio or its judgement, and no strategy's account: a different value makes the portfolio a new trial.</summary>
    Portfolio,

    /// <summary>
    /// The costs of trading. The ledger compares Sharpe ratios at equal costs; a different value makes the portfolio a new trial.
    /// </summary>
    Costs,

    /// <summary>The bars that are read. The ledger knows data sets by their bars.</summary>
    Bars,

    /// <summary>No result: names and files.</summary>
    Label,
}
