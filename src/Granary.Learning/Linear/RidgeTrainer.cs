using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Splits;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Linear;

/// <summary>Least squares with a penalty on the squared coefficients of the standardised features; the intercept is not
/// penalised.</summary>
[Trainer("ridge", "Least squares with a penalty on squared coefficients of the standardised features.", Numbers = true)]
internal sealed class RidgeTrainer([Range(0, 1e12)] double alpha = 1) : ITrainer
{
    public string Name => "ridge";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: false);
        var squares = new LeastSquares(set);
        return new LinearModel(new ModelHead(Name, LearningTask.Regression, set.Table.Features), squares.Scaler.Mean,
            squares.ToRawScale(squares.Solve(alpha)), squares.LabelMean, sigmoid: false);
    }
}
