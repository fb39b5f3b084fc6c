using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Learning.Tables;

namespace Granary.Learning.Trainers;

/// <summary>Trains models from samples. The same set, options and version give bit-identical models on any number of threads.</summary>
public interface ITrainer
{
    /// <summary>The name on the command line and in batch files.</summary>
    string Name { get; }

    /// <exception cref="InputException">The set is not usable for training; the message has the reason and the remedy.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    ITrainedModel Train(TrainingSet set, TrainingOptions options);
}

/// <param name="Seed">Seed of all random choices.</param>
/// <param name="Threads">The maximum number of threads, which affects only the duration.</param>
public sealed record TrainingOptions(long Seed = 1, int Threads = 1, CancellationToken Cancellation = default);

/// <summary>A model that reports the reduction of training loss by feature.</summary>
internal interface IGainImportance
{
    /// <summary>[features], adds up to 1 (or is all zero for a model without splits).</summary>
    IReadOnlyList<double> Gain { get; }
}

/// <summary>Registers a trainer in the catalogue. The parameters of its constructor, with defaults and ranges, are those of the
/// trainer.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TrainerAttribute(string name, string summary) : CatalogueAttribute(name)
{
    /// <inheritdoc/>
    public override string Kind => "trainer";

    public string Summary { get; } = summary;

    /// <summary>Whether it always predicts a number, also for labels of two classes, which it uses as numbers.</summary>
    public bool Numbers { get; init; }
}
