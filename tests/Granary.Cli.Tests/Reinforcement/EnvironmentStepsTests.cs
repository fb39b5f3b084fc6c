using System.Globalization;
using Granary.Cli.Reinforcement;
using Granary.Engine;

namespace Granary.Cli.Tests.Reinforcement;

public sealed class EnvironmentStepsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-reinforce-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Actions(string text)
    {
        var file = Path.Combine(_folder, "actions.csv");
        File.WriteAllText(file, text);
        return file;
    }

    private static string[] Rows(string name, string actions, string state)
    {
        var output = new StringWriter { NewLine = "\n" };
        EnvironmentSteps.Write(name, actions, state, 1, output);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    // By hand: θ = 0 and ω = 0 with u = 1 give ω′ = 3·1·0.05 = 0.15 and θ′ = 0.0075, at a cost of 0.001.
    [Fact]
    public void A_row_holds_state_observation_reward_and_ends()
    {
        var rows = Rows("pendulum", Actions("action\n1\n"), "0;0");
        rows[0].ShouldBe("s0,s1,obs0,obs1,obs2,reward,terminated,truncated");
        double[] row = [.. rows[1].Split(',').Select(f => double.Parse(f, CultureInfo.InvariantCulture))];
        double[] expected = [0.0075, 0.15, Math.Cos(0.0075), Math.Sin(0.0075), 0.15, -0.001, 0, 0];
        for (var i = 0; i < expected.Length; i++) row[i].ShouldBe(expected[i], 1e-12);
    }

    [Fact]
    public void Time_limits_truncate_and_falls_terminate()
    {
        var pushes = string.Concat(Enumerable.Repeat("0\n", 201));
        Rows("pendulum", Actions(pushes), "0;0")[200].ShouldEndWith(",0,1");
        Rows("cartpole", Actions("1\n"), "2.39;1;0;0")[1].ShouldEndWith(",1,1,0");
    }

    [Theory]
    [InlineData("cartpole", "0\n2\n", "0;0;0;0", "line 2: an action is a whole number from 0 to 1, not 2")]
    [InlineData("cartpole", "0\n", "0;0;0", "--state has 3 numbers, but the state of cartpole has 4")]
    [InlineData("cartpole", "0\nx\n", "0;0;0;0", "line 2, field 1: 'x' is not a number")]
    [InlineData("cartpool", "0\n", "0;0;0;0", "there is no environment 'cartpool'; did you mean 'cartpole'?")]
    [InlineData("regime", "0.5,0.6\n", "0", "line 1: weights are not negative and add up to 1")]
    public void A_wrong_call_is_answered_with_the_place(string name, string actions, string state, string sentence) =>
        Should.Throw<InputException>(() => Rows(name, Actions(actions), state)).Message.ShouldContain(sentence);
}
