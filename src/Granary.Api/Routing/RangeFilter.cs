using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Granary.Simulation.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Routing;

/// <summary>Refuses numbers outside of the <see cref="AllowedRangeAttribute"/> of their parameter.</summary>
internal static class RangeFilter
{
    /// <summary>Checks the ranges of a group's operations.</summary>
    public static RouteGroupBuilder AddTo(RouteGroupBuilder group)
    {
        // A filter on every operation would have the framework compile two delegates for each.
        ((IEndpointConventionBuilder)group).Add(static operation =>
        {
            if (operation.Metadata.OfType<MethodInfo>().Any(HasRange)) operation.FilterFactories.Add(Of);
        });
        return group;
    }

    private static bool HasRange(MethodInfo handler) => handler.GetParameters().Any(p => p.IsDefined(typeof(AllowedRangeAttribute)));

    // It throws an InputException, which becomes an answer 400.
    private static EndpointFilterDelegate Of(EndpointFilterFactoryContext context, EndpointFilterDelegate next)
    {
        var ranges = context.MethodInfo.GetParameters().Select((p, i) => (Index: i, Name: NameOf(p),
            Range: p.GetCustomAttribute<AllowedRangeAttribute>())).Where(r => r.Range is not null).ToList();
        return invocation =>
        {
            foreach (var (index, name, range) in ranges)
                if (range!.FaultOf(name, invocation.Arguments[index]) is { } fault)
                    throw new InputException(fault);
            return next(invocation);
        };
    }

    private static string NameOf(ParameterInfo parameter) => parameter.GetCustomAttribute<DisplayAttribute>()?.Name ?? parameter.Name!;
}
