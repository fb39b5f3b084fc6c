using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;
using Granary.Reinforcement.ReferenceTasks;

namespace Granary.Learning.Tests.Reinforcement;

public class EnvironmentTests
{
    // Gymnasium's equations in Python's double precision, from these states with these actions.
    public static TheoryData<string, double[], double[], double[], double> Trajectories => new()
    {
        {
            "cartpole", [0.01, -0.02, 0.03, 0.04], [1, 1, 0, 1, 0, 0, 1, 1],
            [0.03784127348687273, 0.3686907609605089, -0.006509983816711174, -0.5111242205294209], 1
        },
        {
            "pendulum", [3.0, -0.5], [2.5, -1.0, 0.3, 2.0, -2.0, 1.5],
            [3.0508537018706647, 0.5485173864694607], -9.148893053393913
        },
        {
            "mountaincar-continuous", [-0.5, 0.01], [1.5, -0.4, 0.9, 1, 1, -1],
            [-0.4292477832775587, 0.011415643762908123], -0.1
        },
        {
            "acrobot", [0.05, -0.08, 0.02, 0.1], [2, 2, 0, 1, 0, 2],
            [0.013605692329559979, 0.05817754924007462, 0.17987763129607195, -0.4953605730720589], -1
        },
    };

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void Classic_control_follows_the_equations_of_Gymnasium(string name, double[] from, double[] actions, double[] to, double reward)
    {
        var environment = ReferenceTaskCatalogue.BuiltIn.Get(name).Make();
        var random = new PortableRandom(1);
        environment.Reset(ref random);
        environment.SetState(from);
        var last = default(StepResult);
        foreach (var action in actions) last = environment.Step([action], ref random);
        var state = new double[to.Length];
        environment.CopyState(state);
        for (var i = 0; i < to.Length; i++) state[i].ShouldBe(to[i], 1e-12);
        last.Reward.ShouldBe(reward, 1e-12);
    }

    [Fact]
    public void A_cart_beyond_its_track_ends_the_episode_and_gives_its_last_reward()
    {
        var environment = new CartPole();
        var random = new PortableRandom(1);
        environment.SetState([2.39, 1, 0, 0]);
        environment.Step([1], ref random).ShouldBe(new StepResult(1, Terminated: true));
        environment.Step([1], ref random).ShouldBe(new StepResult(0, Terminated: true));
    }

    public static TheoryData<string> Names => [.. ReferenceTaskCatalogue.BuiltIn.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_copy_of_the_state_goes_on_with_the_same_numbers(string name)
    {
        var task = ReferenceTaskCatalogue.BuiltIn.Get(name);
        var (first, second) = (task.Make(), task.Make());
        var random = new PortableRandom(3);
        first.Reset(ref random);
        second.Reset(ref random);
        var action = new double[first.Actions.Size];
        action[0] = first.Actions.Kind == ActionKind.Continuous ? 0.3 : first.Actions.Kind == ActionKind.Simplex ? 1 : 0;
        first.Step(action, ref random);
        var state = new double[first.StateSize];
        first.CopyState(state);
        second.SetState(state);
        var same = random;
        for (var t = 0; t < 3; t++)
        {
            second.Step(action, ref same).ShouldBe(first.Step(action, ref random));
            var (a, b) = (new double[first.ObservationSize], new double[first.ObservationSize]);
            first.Observe(a);
            second.Observe(b);
            b.ShouldBe(a);
        }
    }
}
