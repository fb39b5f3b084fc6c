namespace Granary.Simulation.Batches;

/// <summary>Figure by which <c>experiment</c> ranks models.</summary>
internal enum ExperimentFitness
{
    /// <summary>AUC for classes, R² for numbers; the strategies are not run.</summary>
    Prediction,

    /// <summary>Mean −ln of the probability predicted for the actual class; lower is better.</summary>
    LogLoss,

    /// <summary>Area under the receiver operating characteristic.</summary>
    Auc,

    /// <summary>Share of ones among the samples with the highest predictions.</summary>
    Precision,

    /// <summary>Mean return of a trade.</summary>
    Expectancy,

    /// <summary>Sharpe ratio of the daily sums of returns.</summary>
    Sharpe,

    /// <summary>Sortino ratio of the daily sums of returns.</summary>
    Sortino,
}
