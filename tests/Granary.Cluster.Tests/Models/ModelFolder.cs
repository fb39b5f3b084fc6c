using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Cluster.Tests.Models;

/// <summary>
/// A registry whose model 'gate' has two versions: the first learned that the label is 1 where the first feature is positive, the second
/// the other way round.
/// </summary>
internal sealed class ModelFolder : IDisposable
{
    private readonly double[] _values;

    public ModelFolder()
    {
        var random = new Random(3);
        _values = [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble() - 0.5)];
        Registry = new ModelRegistry(new FileModelStore(Path), ModelKindCatalogue.BuiltIn);
        First = Add(rises: true);
        Second = Add(rises: false);
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("granary-models-").FullName;

    public ModelRegistry Registry { get; }

    public ITrainedModel First { get; }

    public ITrainedModel Second { get; }

    /// <summary>The features of a sample, and the label that the first version learned of them.</summary>
    public (double[] Row, double Label) Sample(int number)
    {
        double[] row = [_values[number % 200 * 2], _values[number % 200 * 2 + 1]];
        return (row, row[0] > 0 ? 1 : 0);
    }

    private ITrainedModel Add(bool rises)
    {
        var table = new TrainingTable(["a", "b"], _values,
            [.. Enumerable.Range(0, 200).Select(i => _values[2 * i] > 0 == rises ? 1.0 : 0)]);
        var model = TrainerCatalogue.BuiltIn.Create("logistic", ("c", 1.0)).Train(table.Range(0, table.Count), new TrainingOptions());
        Registry.Add("gate", model, new ModelLineage
        {
            DataHash = table.Hash(),
            Data = "SYN:1h",
            From = DateTime.UnixEpoch,
            To = DateTime.UnixEpoch.AddDays(1),
            Samples = 200,
            Features = table.Features,
            Label = "direction(5)",
            Trainer = "logistic",
            Seed = 1,
            InSample = new Dictionary<string, double>(),
            OutOfSample = new Dictionary<string, double> { ["logLoss"] = 0.3 },
            CreatedAt = DateTime.UnixEpoch.AddDays(2),
        });
        return model;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
