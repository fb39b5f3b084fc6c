using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Linear;

/// <summary>Gaussian naive Bayes: within each class, the features are normal and independent.</summary>
[Trainer("naive-bayes", "Gaussian naive Bayes.")]
internal sealed class NaiveBayesTrainer : ITrainer
{
    public string Name => "naive-bayes";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: true);
        var width = set.Table.Width;
        var scaler = Standardiser.Fit(set);
        var z = scaler.Apply(set);
        var labels = set.Labels();
        var weights = set.Weights();
        var total = new double[2];
        var mean = new double[2 * width];
        var variance = new double[2 * width];
        for (var i = 0; i < labels.Length; i++)
        {
            var k = (int)labels[i];
            total[k] += weights[i];
            Dense.AddScaled(weights[i], z.AsSpan(i * width, width), mean.AsSpan(k * width, width));
        }
        if (!(total[0] > 0 && total[1] > 0))
            throw new InputException("all training samples with weight have the same label: one class alone cannot be "
                + "distinguished from "
                + "another");
        for (var j = 0; j < mean.Length; j++) mean[j] /= total[j / width];
        for (var i = 0; i < labels.Length; i++)
        {
            var k = (int)labels[i];
            for (var f = 0; f < width; f++)
            {
                var d = z[i * width + f] - mean[k * width + f];
                variance[k * width + f] += weights[i] * d * d;
            }
        }
        // Standardised features have variance 1, so this is scikit-learn's var_smoothing of 1e-9.
        for (var j = 0; j < variance.Length; j++) variance[j] = variance[j] / total[j / width] + 1e-9;
        // The log odds are a quadratic of each standardised feature: constant + Σ (a z² + b z).
        var square = new double[width];
        var slope = new double[width];
        var constant = PortableMath.Log(total[1]) - PortableMath.Log(total[0]);
        for (var f = 0; f < width; f++)
        {
            if (scaler.Scale[f] == 0) continue;
            var (m0, m1, v0, v1) = (mean[f], mean[width + f], variance[f], variance[width + f]);
            square[f] = 0.5 / v0 - 0.5 / v1;
            slope[f] = m1 / v1 - m0 / v0;
            constant += 0.5 * (m0 * m0 / v0 - m1 * m1 / v1) + 0.5 * (PortableMath.Log(v0) - PortableMath.Log(v1));
        }
        return new NaiveBayesModel(new ModelHead(Name, LearningTask.Classification, set.Table.Features), scaler, square, slope, constant);
    }
}
