using System.Collections.Frozen;
using System.Reflection;
using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Silos;
using Granary.Cluster.Portfolios;
using Granary.Cluster.Tests.Fixtures;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Learning.Registry;
using Granary.Simulation.Json;
using Npgsql;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Granary.Cluster.Tests.Contracts;

/// <summary>A fault of a grain is the same on the grain's silo and on every other one.</summary>
public sealed class GrainFaultsTests
{
    private const string Kind = "granary-test-fault";

    private static readonly NpgsqlException s_cause = new("the server closed the connection");

    // Thrown in the place of the method, and the type and message that callers get.
    private static readonly FrozenDictionary<string, (Func<Exception> Thrown, Type Got, string Message)> s_faults = new Dictionary<string, (
        Func<Exception> Thrown, Type Got, string Message)>(StringComparer.Ordinal)
    {
        ["journal"] = (() => new JournalException("the journal is away", s_cause) { MayPass = true }, typeof(JournalException),
            "the journal is away"),
        ["lease"] = (() => new LeaseException("another session trades it"), typeof(LeaseException), "another session trades it"),
        ["input"] = (() => new InputException("wrong key", s_cause), typeof(InputException), "wrong key"),
        ["bars"] = (() => new BarStoreException("the bars are away", s_cause), typeof(BarStoreException), "the bars are away"),
        ["data"] = (() => new BarDataException("no such symbol"), typeof(BarDataException), "no such symbol"),
        ["away"] = (() => new ServiceUnavailableException("not now", s_cause), typeof(ServiceUnavailableException), "not now"),
        ["damage"] = (() => new DamagedModelException("the model is damaged", s_cause), typeof(DamagedModelException),
            "the model is damaged"),
        ["database"] = (() => s_cause, typeof(ServiceUnavailableException), "the server's database does not answer (the server closed the "
            + "connection); see that it runs, then send the request again"),
        ["library"] = (() => new InvalidOperationException("the outer one", s_cause), typeof(GrainFaultException),
            "InvalidOperationException: the outer one"),
        ["dotnet"] = (() => new IOException("No space left on device"), typeof(IOException), "No space left on device"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private sealed class Throws : IIncomingGrainCallFilter
    {
        public Task Invoke(IIncomingGrainCallContext context) =>
            RequestContext.Get(Kind) is string kind ? Task.FromException(s_faults[kind].Thrown()) : context.Invoke();
    }

    // Every method that another silo can call, of grains and of the services of silos, with arguments that no method sees.
    private static IEnumerable<(Type Grain, MethodInfo Method)> Methods() =>
        from type in typeof(IJobGrain).Assembly.GetTypes()
        where type.IsInterface && typeof(IAddressable).IsAssignableFrom(type)
        orderby type.Name
        from method in type.GetMethods()
        where typeof(Task).IsAssignableFrom(method.ReturnType) || method.ReturnType.Name.StartsWith("ValueTask", StringComparison.Ordinal)
        select (type, method);

    // The grain or the service of the first silo, as a silo calls it.
    private static object ReferenceOf(TestSilos silos, InProcessSiloHandle caller, Type type, string key)
    {
        var home = silos.Alive[0].SiloAddress;
        var grains = silos.ServiceOf<IGrainFactory>(caller);
        if (type == typeof(IComputeService)) return silos.ServiceOf<ComputeServices>(caller).Of(home);
        if (typeof(IGrainWithIntegerKey).IsAssignableFrom(type)) return grains.GetGrain(type, ISessionListGrain.Key);
        return grains.GetGrain(type, type == typeof(IWorkGrain) ? home.ToParsableString()
            : type == typeof(ISuccessorGrain) ? $"{key}|{home.ToParsableString()}" : key);
    }

    private static async Task<Exception?> CallAsync(object target, MethodInfo method, string kind)
    {
        RequestContext.Set(Kind, kind);
        try
        {
            var arguments = method.GetParameters()
                .Select(p => p.ParameterType.IsValueType ? Activator.CreateInstance(p.ParameterType) : null);
            await Awaited(method.Invoke(target, [.. arguments])!);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
        finally
        {
            RequestContext.Remove(Kind);
        }
    }

    private static Task Awaited(object call) => call as Task ?? (Task)call.GetType().GetMethod("AsTask")!.Invoke(call, null)!;

    [Fact]
    public async Task A_fault_of_every_grain_method_is_the_same_on_every_silo_and_without_the_library_that_caused_it()
    {
        await using var silos = await TestSilos.StartAsync(2, more: silo => silo.AddIncomingGrainCallFilter<Throws>());
        var called = 0;
        foreach (var (type, method) in Methods())
            foreach (var (kind, (_, got, message)) in s_faults)
            {
                var key = $"{kind}/{called}";
                foreach (var caller in silos.Alive)
                {
                    var fault = (await CallAsync(ReferenceOf(silos, caller, type, key), method, kind))
                        .ShouldNotBeNull($"{type.Name}.{method.Name}");
                    (fault.GetType(), fault.Message).ShouldBe((got, message), $"{type.Name}.{method.Name} {kind}: {fault}");
                    for (var cause = fault.InnerException; cause is not null; cause = cause.InnerException)
                        cause.GetType().Namespace.ShouldNotBe("Npgsql", $"{type.Name}.{method.Name} {kind}");
                    called++;
                }
            }
        called.ShouldBeGreaterThan(500);
    }

    [Fact]
    public async Task A_fault_of_the_database_while_a_grain_reads_its_state_reaches_every_caller_without_the_driver()
    {
        await using var silos = await TestSilos.StartAsync(2);
        silos.Storage.Fault = () => new NpgsqlException("Exception while reading from stream", s_cause);
        foreach (var caller in silos.Alive)
            for (var key = 0; key < 8; key++)
            {
                var grain = silos.ServiceOf<IGrainFactory>(caller).GetGrain<IIdempotencyGrain>($"{caller.SiloAddress} {key}");
                var fault = await Should.ThrowAsync<OrleansException>(() => grain.ClaimAsync("run", "hash"));
                for (Exception? cause = fault; cause is not null; cause = cause.InnerException)
                    cause.GetType().Namespace.ShouldBeOneOf("Orleans", "Orleans.Runtime", "Granary.Simulation.Json");
                fault.ToString().ShouldContain("the server's database does not answer (Exception while reading from stream)");
            }
        silos.Storage.Fault = null;
    }

    [Fact]
    public void A_fault_within_an_answer_is_such_a_record_too()
    {
        var fault = Grains.GrainFaults.Of(new JournalException("the journal is away", s_cause) { MayPass = true });
        fault.ShouldBeOfType<JournalException>().MayPass.ShouldBeTrue();
        fault.InnerException.ShouldBeNull();
    }
}
