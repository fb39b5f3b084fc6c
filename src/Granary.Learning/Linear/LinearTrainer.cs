using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Splits;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Linear;

/// <summary>Ordinary least squares with an intercept. If features are collinear, the later ones get no weight.</summary>
[Trainer("linear", "Ordinary least squares.", Numbers = true)]
internal sealed class LinearTrainer : ITrainer
{
    public string Name => "linear";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: false, Math.Max(20, set.Table.Width + 2));
        var squares = new LeastSquares(set);
        return new LinearModel(new ModelHead(Name, LearningTask.Regression, set.Table.Features), squares.Scaler.Mean,
            squares.ToRawScale(squares.Solve(0)), squares.LabelMean, sigmoid: false);
    }
}
