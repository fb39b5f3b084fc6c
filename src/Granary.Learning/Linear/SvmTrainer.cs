using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Linear;

/// <summary>
/// Linear support vector machine on standardised features, in the primal by Newton's method: ½|β|² + c Σ w·max(0, 1 − y·score)² for two
/// classes, ½|β|² + c Σ w·max(0, |y − score| − ε·deviation)² for a number. A sigmoid (Platt 1999), fitted to out-of-sample scores, gives
/// the probabilities.
/// </summary>
[Trainer("svm", "Linear support vector machine (squared hinge), with Platt's probabilities.")]
internal sealed class SvmTrainer([Range(1e-9, 1e9)] double c = 1, [Range(0, 10)] double epsilon = 0.1) : ITrainer
{
    public string Name => "svm";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: false);
        var scaler = Standardiser.Fit(set);
        var z = scaler.Apply(set);
        var labels = set.Labels();
        var weights = set.Weights();
        var width = set.Table.Width;
        if (set.Table.Task == LearningTask.Regression)
        {
            var centre = Dense.Dot(weights, labels) / Dense.Sum(weights);
            var deviation = 0.0;
            for (var i = 0; i < labels.Length; i++) deviation += weights[i] * (labels[i] - centre) * (labels[i] - centre);
            deviation = Math.Sqrt(deviation / Dense.Sum(weights));
            var scaled = Array.ConvertAll(labels, y => (y - centre) / deviation);
            var beta = Fit(z, scaled, weights, width, classify: false, options.Cancellation);
            return Model(beta, LearningTask.Regression, deviation, centre, 1, 0);
        }

        var signed = Array.ConvertAll(labels, y => 2 * y - 1);
        var machine = Fit(z, signed, weights, width, classify: true, options.Cancellation);
        var (slope, offset) = PlattScaling.Fit(labels, weights, (kept, scored, scores) =>
        {
            var restZ = new double[kept.Count * width];
            for (var k = 0; k < kept.Count; k++) z.AsSpan(kept[k] * width, width).CopyTo(restZ.AsSpan(k * width));
            var unseen = Fit(restZ, [.. kept.Select(i => signed[i])], [.. kept.Select(i => weights[i])], width, classify: true,
                options.Cancellation);
            foreach (var i in scored) scores[i] = Score(unseen, z.AsSpan(i * width, width));
        }, options.Cancellation);
        return Model(machine, LearningTask.Classification, 1, 0, slope, offset);

        LinearModel Model(double[] beta, LearningTask task, double unit, double shift, double slope, double offset)
        {
            var raw = new double[width];
            for (var f = 0; f < width; f++) raw[f] = beta[f] * scaler.Scale[f] * unit;
            return new LinearModel(new ModelHead(Name, task, set.Table.Features), scaler.Mean, raw, beta[width] * unit + shift,
                sigmoid: task == LearningTask.Classification, slope, offset);
        }
    }

    private static double Score(double[] beta, ReadOnlySpan<double> row) => beta[row.Length] + Dense.Dot(row, beta);

    private double[] Fit(double[] z, double[] y, double[] weights, int width, bool classify, CancellationToken cancellation)
    {
        var n = y.Length;
        var size = width + 1;
        var beta = new double[size];
        var scores = new double[n];
        var trial = new double[size];
        var hessian = new double[size * size];
        var gradient = new double[size];
        var loss = Loss(beta);
        for (var iteration = 0; iteration < 100; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            Array.Clear(hessian);
            Array.Clear(gradient);
            for (var i = 0; i < n; i++)
            {
                var slack = Slack(y[i], scores[i], classify);
                if (slack == 0) continue;
                var row = z.AsSpan(i * width, width);
                var curvature = 2 * c * weights[i];
                for (var f = 0; f < width; f++) Dense.AddScaled(curvature * row[f], row[..(f + 1)], hessian.AsSpan(f * size, f + 1));
                Dense.AddScaled(curvature, row, hessian.AsSpan(width * size, width));
                hessian[width * size + width] += curvature;
                Dense.AddScaled(curvature * slack, row, gradient);
                gradient[width] += curvature * slack;
            }
            for (var f = 0; f < width; f++)
            {
                hessian[f * size + f] += 1;
                gradient[f] -= beta[f];
            }
            Cholesky.Solve(hessian, gradient);
            var before = loss;
            var step = 1.0;
            while (true)
            {
                for (var f = 0; f < size; f++) trial[f] = beta[f] + step * gradient[f];
                loss = Loss(trial);
                if (loss <= before || step < 1e-6) break;
                step /= 2;
            }
            if (loss > before) break;
            trial.CopyTo(beta, 0);
            if (before - loss <= 1e-12 * before) break;
        }
        return beta;

        double Loss(double[] at)
        {
            var total = 0.0;
            for (var i = 0; i < n; i++)
            {
                scores[i] = Score(at, z.AsSpan(i * width, width));
                var slack = Slack(y[i], scores[i], classify);
                total += weights[i] * slack * slack;
            }
            return c * total + Dense.Dot(at.AsSpan(0, width), at) / 2;
        }
    }

    // The distance by which a sample violates its margin, with its sign; zero if it does not.
    private double Slack(double y, double score, bool classify)
    {
        if (classify) return y * score < 1 ? y - score : 0;
        var residual = y - score;
        return residual > epsilon ? residual - epsilon : residual < -epsilon ? residual + epsilon : 0;
    }
}
