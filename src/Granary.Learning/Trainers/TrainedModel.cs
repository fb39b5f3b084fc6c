using Granary.Engine.Numerics;
using Granary.Learning.Tables;

namespace Granary.Learning.Trainers;

/// <summary>Head of a model of any format.</summary>
/// <param name="Trainer">The trainer's name.</param>
/// <param name="Features">The expected columns, in order.</param>
public sealed record ModelHead(string Trainer, LearningTask Task, IReadOnlyList<string> Features);

/// <summary>Base class of models on finite features, which validates the input.</summary>
public abstract class TrainedModel(ModelHead head, int rows = 1) : ITrainedModel
{
    private readonly int _length = head.Features.Count * rows;

    public ModelHead Head { get; } = head;

    public string Trainer => Head.Trainer;

    public LearningTask Task => Head.Task;

    public IReadOnlyList<string> Features => Head.Features;

    public ModelInput Input { get; } = new(ModelInputKind.Features, rows);

    public abstract string Format { get; }

    public double Predict(ReadOnlySpan<double> input)
    {
        if (input.Length != _length)
            throw new ArgumentException($"{Trainer} was trained on {_length} values ({string.Join(", ", Features)}), not {input.Length}",
                nameof(input));
        return Dense.AllFinite(input) ? PredictFinite(input) : double.NaN;
    }

    public abstract void Write(BinaryWriter writer);

    /// <summary>Returns the prediction for a finite input of the correct length.</summary>
    protected abstract double PredictFinite(ReadOnlySpan<double> input);
}
