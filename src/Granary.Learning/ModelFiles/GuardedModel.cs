using Granary.Learning.Applicability;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.ModelFiles;

/// <summary>A model with its area of applicability. The inner model predicts.</summary>
[ModelKind(GuardedModel.FormatName)]
internal sealed class GuardedModel : ITrainedModel
{
    public const string FormatName = "guarded";

    /// <param name="inner">A model that uses features.</param>
    /// <param name="area">The area of the inner model's training set.</param>
    public GuardedModel(ITrainedModel inner, ApplicabilityArea area) => (Inner, Area) = (inner, area);

    public ITrainedModel Inner { get; }

    public ApplicabilityArea Area { get; }

    public string Trainer => Inner.Trainer;

    public LearningTask Task => Inner.Task;

    public IReadOnlyList<string> Features => Inner.Features;

    public ModelInput Input => Inner.Input;

    public string Format => FormatName;

    public double Predict(ReadOnlySpan<double> input) => Inner.Predict(input);

    /// <summary>Returns the dissimilarity index of an input; for several rows, of the newest. Allocates nothing.</summary>
    /// <inheritdoc cref="ApplicabilityArea.IndexOf"/>
    public double DissimilarityOf(ReadOnlySpan<double> input) => Area.IndexOf(input[^Features.Count..]);

    /// <summary>Adds the area of the training set to a model. Returns the model itself if it uses no features or the set has no
    /// area.</summary>
    public static ITrainedModel Of(ITrainedModel model, TrainingSet set)
    {
        if (model.Input.Kind != ModelInputKind.Features) return model;
        return ApplicabilityArea.Of(set, WeightsOf(model)) is { } area ? new GuardedModel(model, area) : model;
    }

    /// <summary>Returns the model without its area.</summary>
    public static ITrainedModel Unguarded(ITrainedModel model) => model is GuardedModel guarded ? guarded.Inner : model;

    // Features that the model does not use have zero weight; those of trees are weighted by gain.
    private static double[]? WeightsOf(ITrainedModel model)
    {
        if (model is SelectedFeaturesModel selected)
        {
            var inner = WeightsOf(selected.Inner);
            var weights = new double[model.Features.Count];
            for (var k = 0; k < selected.Chosen.Count; k++) weights[selected.Chosen[k]] = inner?[k] ?? 1;
            return weights;
        }
        return model is IGainImportance { Gain: var gain } && gain.Sum() > 0 ? [.. gain] : null;
    }

    public void Write(BinaryWriter writer)
    {
        Area.Write(writer);
        ModelFile.WriteModel(writer, Inner);
    }

    public static GuardedModel Read(ModelHead head, BinaryReader reader, IModelReader models)
    {
        var area = ApplicabilityArea.Read(reader);
        return new GuardedModel(models.ReadModel(reader, "the inner model"), area);
    }
}
