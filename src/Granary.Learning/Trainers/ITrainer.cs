using Granary.Engine.Catalogues;
using Granary.Learning.Tables;

namespace Granary.Learning.Trainers;

/// <summary>Learns from samples. The same set, options and version give the same model to the last bit, on any number of threads.</summary>
public interface ITrainer
{
    /// <summary>As it is written on the command line and in a batch file.</summary>
    string Name { get; }

    /// <exception cref="LearningInputException">Nothing can be learned from the set; the message says why and what to do.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    ITrainedModel Train(TrainingSet set, TrainingOptions options);
}

/// <param name="Seed">Decides every random choice.</param>
/// <param name="Threads">At most; changes the time it takes and nothing else.</param>
public sealed record TrainingOptions(long Seed = 1, int Threads = 1, CancellationToken Cancellation = default);

/// <summary>A finished model: immutable, safe to call from any thread, the same bits in any host.</summary>
public interface ITrainedModel
{
    /// <summary>The trainer's name.</summary>
    string Trainer { get; }

    LearningTask Task { get; }

    /// <summary>The columns that it expects, in this order.</summary>
    IReadOnlyList<string> Features { get; }

    /// <summary>What <see cref="Predict"/> is given: one row for most, several for the LSTM, past labels for ARIMA and ETS.</summary>
    ModelInput Input { get; }

    /// <summary>The probability of 1 (classification) or the expected label (regression). Allocates nothing.</summary>
    /// <returns>NaN where a feature is NaN or infinite.</returns>
    /// <exception cref="ArgumentException">The input is not of the length that <see cref="Input"/> says.</exception>
    double Predict(ReadOnlySpan<double> input);

    /// <summary>Which reader of model files understands what <see cref="Write"/> writes.</summary>
    string Format { get; }

    /// <summary>Its parameters, after the head that the model file writes.</summary>
    void Write(BinaryWriter writer);
}

/// <summary>A model that knows how much each feature lowered its training loss.</summary>
public interface IGainImportance
{
    /// <summary>[features], sums to 1 (or is all zero for a model that never split).</summary>
    IReadOnlyList<double> Gain { get; }
}

/// <summary>Enters a trainer in the catalogue. The constructor's parameters, their defaults and ranges are the trainer's.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TrainerAttribute(string name, string summary) : CatalogueAttribute(name)
{
    /// <inheritdoc/>
    public override string Kind => "trainer";

    public string Summary { get; } = summary;

    /// <summary>It expects a number whatever the label, and two classes are the numbers that they are.</summary>
    public bool Numbers { get; init; }
}
