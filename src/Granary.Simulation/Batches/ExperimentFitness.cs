namespace Granary.Simulation.Batches;

/// <summary>By what <c>experiment</c> ranks the models that it compares.</summary>
public enum ExperimentFitness
{
    /// <summary>AUC of classes, R² of numbers; the strategies are not run.</summary>
    Prediction,

    /// <summary>Mean −ln of the probability that was given to the class that came; the lower the better.</summary>
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
