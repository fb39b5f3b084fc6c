using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Xunit;

namespace Plugins.Tests;

public sealed class GranaryPluginTests
{
    // Two groups that the first feature tells apart; the second one is the same in both.
    private static TrainingTable Table()
    {
        var (values, labels) = (new double[100], new double[50]);
        for (var i = 0; i < 50; i++)
        {
            labels[i] = i % 2;
            values[2 * i] = 3 * labels[i] + i % 5 / 5.0;
            values[2 * i + 1] = i % 10 / 2;
        }
        return new TrainingTable(["signal", "noise"], values, labels);
    }

    [Fact]
    public void It_sides_with_the_nearer_group()
    {
        var model = new GranaryPlugin().Train(Table().All(), new TrainingOptions());
        Assert.True(model.Predict([0.4, 2]) < 0.2);
        Assert.True(model.Predict([3.4, 2]) > 0.8);
        Assert.Equal(0.5, model.Predict([1.9, 2]), 0.05);
    }

    [Fact]
    public void The_same_samples_give_the_same_model_on_any_number_of_threads()
    {
        var one = new GranaryPlugin().Train(Table().All(), new TrainingOptions(Threads: 1));
        var four = new GranaryPlugin().Train(Table().All(), new TrainingOptions(Threads: 4));
        Assert.Equal(one.Predict([1.2, 3]), four.Predict([1.2, 3]));
    }
}
