using Granary.Engine.Numerics;
using Granary.Learning.Linear;
using Granary.Learning.Networks;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Proofs;

/// <summary>A gradient beside the differences of its loss.</summary>
/// <param name="Of">Network or machine, and loss.</param>
/// <param name="Worst">The greatest deviation as a share of the one that is allowed; holds up to 1.</param>
/// <param name="Compared">Parameters whose loss changes when they are moved.</param>
internal sealed record GradientResult(string Of, double Worst, int Compared)
{
    public bool Holds => Worst <= 1 && Compared > 0;
}

/// <summary>
/// Compares the gradients used in training with finite differences: each parameter of every network is changed in both directions, and the
/// loss must change as the gradient predicts. Logistic regression and support vector machine are tested at their minimum, where no
/// direction may lower their loss. Their losses are implemented here independently.
/// </summary>
internal static class GradientCheck
{
    // Central differences with this step are accurate to about 1e−10 of the loss; the tolerance is the sum of both parts.
    private const double Step = 1e-5, Absolute = 1e-7, Relative = 1e-6;

    public static IReadOnlyList<GradientResult> Run(long seed = 3) =>
    [
        .. new (string Name, NetworkShape Shape, int Inputs)[]
        {
            ("perceptron of two layers", new PerceptronShape(3, [7, 5]), 3),
            ("perceptron of one layer", new PerceptronShape(3, [5]), 3),
            ("LSTM", new LstmShape(3, 5, 6), 15),
        }.SelectMany(n => new[] { Network(n.Name + ", logistic loss", n.Shape, n.Inputs, true, seed),
            Network(n.Name + ", squared error", n.Shape, n.Inputs, false, seed) }),
        Minimum("logistic", (y, score) => Math.Log(1 + Math.Exp(-(2 * y - 1) * score)), seed),
        Minimum("svm", (y, score) => Math.Pow(Math.Max(0, 1 - (2 * y - 1) * score), 2), seed),
    ];

    private static GradientResult Network(string name, NetworkShape shape, int inputs, bool classify, long seed)
    {
        const double Weight = 0.7;
        var random = new PortableRandom(seed);
        var parameters = new double[shape.Parameters];
        shape.Initialise(parameters, ref random);
        for (var i = 0; i < parameters.Length; i++)
            if (parameters[i] != 0)
                parameters[i] += 0.1 * random.NextGaussian();
        var input = new double[inputs];
        for (var i = 0; i < inputs; i++) input[i] = random.NextGaussian();
        var gradient = new double[parameters.Length];
        var workspace = new double[Math.Max(shape.GradientWorkspace, shape.ScoreWorkspace)];
        var loss = shape.Accumulate(parameters, input, 1, Weight, classify, gradient, workspace);
        var worst = Math.Abs(loss - Loss()) / 1e-12;
        var compared = 0;
        for (var i = 0; i < parameters.Length; i++)
        {
            var at = parameters[i];
            parameters[i] = at + Step;
            var above = Loss();
            parameters[i] = at - Step;
            var below = Loss();
            parameters[i] = at;
            var difference = (above - below) / (2 * Step);
            // The padding of the lanes has no gradient by design, and must not get one.
            if (at == 0 && gradient[i] == 0) continue;
            if (difference != 0) compared++;
            worst = Math.Max(worst, Math.Abs(gradient[i] - difference) / (Absolute + Relative * Math.Abs(difference)));
        }
        return new GradientResult(name, worst, compared);

        double Loss()
        {
            var score = shape.Score(parameters, input, workspace);
            return Weight * (classify ? PortableMath.Softplus(score) - score : (score - 1) * (score - 1) / 2);
        }
    }

    // ½|β|² + Σ w·loss at c = 1, in standardised coordinates: its derivative at the trained coefficients, in millionths of its derivative
    // at zero.
    private static GradientResult Minimum(string trainer, Func<double, double, double> loss, long seed)
    {
        const int Rows = 300, Width = 4;
        var random = new PortableRandom(seed, 21);
        var values = new double[Rows * Width];
        var labels = new double[Rows];
        var weights = new double[Rows];
        for (var i = 0; i < Rows; i++)
        {
            for (var f = 0; f < Width; f++) values[i * Width + f] = (f + 1) * random.NextGaussian() + f;
            labels[i] = random.NextDouble() < PortableMath.Sigmoid(values[i * Width] - 0.3 * values[i * Width + 1]) ? 1 : 0;
            weights[i] = 0.5 + random.NextDouble();
        }
        var set = new TrainingTable(["a", "b", "c", "d"], values, labels, weights).All();
        var model = (LinearModel)TrainerCatalogue.BuiltIn.Create(trainer).Train(set, new TrainingOptions(seed));
        var scaler = Standardiser.Fit(set);
        var z = scaler.Apply(set);
        // The last coefficient is the intercept: the score if every feature has its mean.
        double[] beta = [.. Enumerable.Range(0, Width).Select(f => model.Weights[f] / scaler.Scale[f]), model.Score(scaler.Mean)];
        var (slope, scale) = (Slopes(beta), Slopes(new double[Width + 1]).Max(Math.Abs));
        return new GradientResult(trainer + " at its minimum", slope.Max(Math.Abs) / (1e-6 * scale), Width + 1);

        double[] Slopes(double[] at)
        {
            var result = new double[at.Length];
            for (var f = 0; f < at.Length; f++)
            {
                var moved = (double[])at.Clone();
                moved[f] = at[f] + Step;
                var above = Total(moved);
                moved[f] = at[f] - Step;
                result[f] = (above - Total(moved)) / (2 * Step);
            }
            return result;
        }

        double Total(double[] at)
        {
            var total = 0.0;
            for (var f = 0; f < Width; f++) total += at[f] * at[f] / 2;
            for (var i = 0; i < Rows; i++) total += weights[i] * loss(labels[i], at[Width] + Dense.Dot(z.AsSpan(i * Width, Width), at));
            return total;
        }
    }
}
