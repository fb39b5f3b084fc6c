using Granary.Learning.MLNet;
using Granary.Learning.Trainers;

namespace Granary.Learning.Tests.Trainers;

/// <summary>ML.NET's trainers, for the tests that every trainer has to pass. LightGBM has its own, for its native part is not everywhere.</summary>
internal static class TrainersUnderTest
{
    public static readonly string[] Baselines = [];

#pragma warning disable CA2255 // whichever test runs first finds the trainers in the catalogue
    [System.Runtime.CompilerServices.ModuleInitializer]
#pragma warning restore CA2255
    internal static void Register() => TrainerCatalogue.Add(typeof(FastTreeTrainer).Assembly);

    public static IEnumerable<string> Names => TrainerCatalogue.All.Where(d => d.Type.Assembly == typeof(FastTreeTrainer).Assembly && d.Type != typeof(LightGbmTrainer)).Select(d => d.Name);

    /// <summary>ML.NET computes in single precision.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>With fewer passes: what is tested does not depend on their number.</summary>
    public static ITrainer Create(string name) => name switch
    {
        "mlnet-gam" => TrainerCatalogue.Create(name, ("iterations", 300), ("learningRate", 0.05)),
        "mlnet-fastforest" => TrainerCatalogue.Create(name, ("trees", 60)),
        _ => TrainerCatalogue.Create(name),
    };

    public static bool OnlyClasses(string name) => name is "mlnet-lbfgs" or "mlnet-averaged-perceptron";

    /// <summary>Samples without weight are left out before ML.NET sees the table, whatever the trainer.</summary>
    public static bool ByPosition(string name) => false;

    public static bool Exact(string name) => true;

    public static bool TooFastToCancel(string name) => false;
}
