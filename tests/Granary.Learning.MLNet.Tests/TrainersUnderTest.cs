using Granary.Learning.MLNet;
using Granary.Learning.MLNet.Tests;
using Granary.Learning.Trainers;

namespace Granary.Learning.Tests.Trainers;

/// <summary>ML.NET's trainers, for the tests that every trainer has to pass.</summary>
internal static class TrainersUnderTest
{
    public static readonly string[] Baselines = [];

    /// <summary>Granary's own trainers and ML.NET's.</summary>
    public static TrainerCatalogue Catalogue { get; } =
        new(TrainerCatalogue.Of(typeof(TrainerCatalogue).Assembly, typeof(FastTreeTrainer).Assembly));

    /// <summary>ML.NET's trainers.</summary>
    public static IEnumerable<string> Known => Catalogue.All.Where(d => d.Type.Assembly == typeof(FastTreeTrainer).Assembly)
        .Select(d => d.Name);

    /// <summary>Those that this machine can run.</summary>
    public static IEnumerable<string> Names => Known.Where(n => n != OpenMp.Trainer || !OpenMp.Missing);

    /// <summary>ML.NET computes in single precision.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>With fewer passes: what is tested does not depend on their number.</summary>
    public static ITrainer Create(string name) => name switch
    {
        "mlnet-gam" => Catalogue.Create(name, ("iterations", 300), ("learningRate", 0.05)),
        "mlnet-fastforest" => Catalogue.Create(name, ("trees", 60)),
        _ => Catalogue.Create(name),
    };

    public static bool OnlyClasses(string name) => name is "mlnet-lbfgs" or "mlnet-averaged-perceptron";

    /// <summary>Samples without weight are left out before ML.NET sees the table, whatever the trainer.</summary>
    public static bool ByPosition(string name) => false;

    public static bool Exact(string name) => true;

    public static bool TooFastToCancel(string name) => false;
}
