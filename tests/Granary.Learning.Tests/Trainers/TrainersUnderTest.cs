using Granary.Learning.Trainers;

namespace Granary.Learning.Tests.Trainers;

/// <summary>The catalogue's own trainers, and what is known of some of them.</summary>
internal static class TrainersUnderTest
{
    /// <summary>They read no feature.</summary>
    public static readonly string[] Baselines = ["arima", "ets", "trend-season"];

    /// <summary>The trainers that the tests are about.</summary>
    public static TrainerCatalogue Catalogue => TrainerCatalogue.BuiltIn;

    public static IEnumerable<string> Names => TrainerCatalogue.BuiltIn.All.Select(d => d.Name);

    /// <summary>How far exact solutions may differ.</summary>
    public const double Tolerance = 1e-9;

    /// <summary>The slow ones with fewer passes: what is tested does not depend on their number.</summary>
    public static ITrainer Create(string name) => name switch
    {
        "mlp" => TrainerCatalogue.BuiltIn.Create(name, ("members", 2), ("epochs", 40), ("batch", 32), ("learningRate", 0.003)),
        "lstm" => TrainerCatalogue.BuiltIn.Create(name, ("members", 2), ("epochs", 25), ("hidden", 8), ("rows", 2), ("batch", 32),
            ("learningRate", 0.01)),
        "random-forest" => TrainerCatalogue.BuiltIn.Create(name, ("trees", 60)),
        _ => TrainerCatalogue.BuiltIn.Create(name),
    };

    public static bool OnlyClasses(string name) => name is "logistic" or "naive-bayes";

    /// <summary>Those that draw samples or cut the set by position, so that a sample without weight moves others.</summary>
    public static bool ByPosition(string name) =>
        Baselines.Contains(name) || name is "mlp" or "lstm" or "random-forest" or "lasso" or "svm" or "knn";

    /// <summary>Those whose solution is exact, so that a sample without weight is as good as absent.</summary>
    public static bool Exact(string name) => name is "linear" or "ridge" or "logistic" or "naive-bayes";

    /// <summary>Over before anyone can cancel.</summary>
    public static bool TooFastToCancel(string name) => name is "linear" or "ridge" or "knn" or "naive-bayes" or "tree";
}
