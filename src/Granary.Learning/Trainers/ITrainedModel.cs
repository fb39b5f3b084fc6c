using Granary.Learning.Tables;

namespace Granary.Learning.Trainers;

/// <summary>A trained model: immutable, thread-safe, bit-identical on all hosts.</summary>
public interface ITrainedModel
{
    /// <summary>The trainer's name.</summary>
    string Trainer { get; }

    LearningTask Task { get; }

    /// <summary>The expected columns, in order.</summary>
    IReadOnlyList<string> Features { get; }

    /// <summary>
    /// Kind of input of <see cref="Predict"/>: one row for most models, several for the LSTM, past labels for ARIMA and ETS.
    /// </summary>
    ModelInput Input { get; }

    /// <summary>Returns the probability of 1 (classification) or the expected label (regression). Allocates nothing.</summary>
    /// <returns>The prediction; NaN if a feature is NaN or infinite.</returns>
    /// <exception cref="ArgumentException">The input does not have the length of <see cref="Input"/>.</exception>
    double Predict(ReadOnlySpan<double> input);

    /// <summary>Name of the format that <see cref="Write"/> writes; it selects the reader of the model file.</summary>
    string Format { get; }

    /// <summary>Writes the parameters, after the header of the model file.</summary>
    void Write(BinaryWriter writer);
}
