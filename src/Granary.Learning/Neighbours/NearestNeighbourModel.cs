using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Neighbours;

/// <summary>A k-nearest-neighbours model, which stores the training samples.</summary>
/// <param name="samples">Row-major [samples, features], standardised.</param>
[ModelKind(NearestNeighbourModel.FormatName)]
internal sealed class NearestNeighbourModel(ModelHead head, int k, Standardiser scaler, double[] samples, double[] labels, double[] weights)
    : TrainedModel(head)
{
    public const string FormatName = "neighbours";

    public override string Format => FormatName;

    public override void Write(BinaryWriter writer)
    {
        writer.Write(k);
        writer.WriteArray(scaler.Mean);
        writer.WriteArray(scaler.Scale);
        writer.WriteArray(samples);
        writer.WriteArray(labels);
        writer.WriteArray(weights);
    }

    public static NearestNeighbourModel Read(ModelHead head, BinaryReader reader) => new(head, reader.ReadInt32(),
        Standardiser.From(reader.ReadArray(), reader.ReadArray()), reader.ReadArray(), reader.ReadArray(), reader.ReadArray());

    protected override double PredictFinite(ReadOnlySpan<double> input)
    {
        var width = input.Length;
        Span<double> z = stackalloc double[width];
        scaler.Apply(input, z);
        // A heap of the k nearest so far, the farthest on top; among equally distant samples the older ones stay.
        Span<double> distance = stackalloc double[k];
        Span<int> sample = stackalloc int[k];
        var count = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var d = Dense.SquaredDistance(z, samples.AsSpan(i * width, width));
            if (count < k)
            {
                var at = count++;
                while (at > 0 && distance[(at - 1) / 2] <= d)
                {
                    (distance[at], sample[at]) = (distance[(at - 1) / 2], sample[(at - 1) / 2]);
                    at = (at - 1) / 2;
                }
                (distance[at], sample[at]) = (d, i);
            }
            else if (d < distance[0])
            {
                var at = 0;
                while (true)
                {
                    var child = 2 * at + 1;
                    if (child >= k) break;
                    if (child + 1 < k && Farther(distance, sample, child + 1, child)) child++;
                    if (distance[child] <= d) break; // of two equally distant samples, the later one is on top and removed first
                    (distance[at], sample[at]) = (distance[child], sample[child]);
                    at = child;
                }
                (distance[at], sample[at]) = (d, i);
            }
        }
        // Sum in the order of the samples, so that the result does not depend on the heap's shape.
        sample[..count].Sort();
        var (sum, total) = (0.0, 0.0);
        foreach (var i in sample[..count])
        {
            sum += weights[i] * labels[i];
            total += weights[i];
        }
        return total > 0 ? sum / total : double.NaN;
    }

    private static bool Farther(ReadOnlySpan<double> distance, ReadOnlySpan<int> sample, int a, int b) =>
        distance[a] > distance[b] || (distance[a] == distance[b] && sample[a] > sample[b]);
}
