using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.ModelFiles;

/// <summary>A model on a subset of the features: its input has all features, of which it passes on the selected ones.</summary>
[ModelKind(SelectedFeaturesModel.FormatName)]
internal sealed class SelectedFeaturesModel : ITrainedModel
{
    public const string FormatName = "selected";

    private readonly int[] _chosen;
    private readonly ITrainedModel _inner;

    /// <param name="chosen">Indices of the inner model's features in <paramref name="features"/>.</param>
    public SelectedFeaturesModel(IReadOnlyList<string> features, int[] chosen, ITrainedModel inner)
    {
        Features = features;
        _chosen = chosen;
        _inner = inner;
    }

    /// <summary>Indices of the inner model's features in <see cref="Features"/>.</summary>
    public IReadOnlyList<int> Chosen => _chosen;

    public ITrainedModel Inner => _inner;

    public string Trainer => _inner.Trainer;

    public LearningTask Task => _inner.Task;

    public IReadOnlyList<string> Features { get; }

    public ModelInput Input => _inner.Input;

    public string Format => FormatName;

    public double Predict(ReadOnlySpan<double> input)
    {
        var rows = _inner.Input.Length;
        if (input.Length != rows * Features.Count)
            throw new ArgumentException($"{Trainer} was trained on {rows * Features.Count} values, not {input.Length}", nameof(input));
        Span<double> narrow = stackalloc double[rows * _chosen.Length];
        for (var row = 0; row < rows; row++)
            for (var k = 0; k < _chosen.Length; k++)
                narrow[row * _chosen.Length + k] = input[row * Features.Count + _chosen[k]];
        return _inner.Predict(narrow);
    }

    public void Write(BinaryWriter writer)
    {
        writer.WriteArray(_chosen);
        ModelFile.WriteModel(writer, _inner);
    }

    public static SelectedFeaturesModel Read(ModelHead head, BinaryReader reader, IModelReader models) =>
        new(head.Features, reader.ReadIntegers(), models.ReadModel(reader, "the inner model"));
}
