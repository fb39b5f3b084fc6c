using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Granary.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.Routing;

/// <summary>
/// Refuses numbers outside of the <see cref="AllowedRangeAttribute"/> of their parameter, and reasons (<c>why</c>) that no person reads.
/// </summary>
internal static class ArgumentLimits
{
    /// <summary>The longest reason of a change, characters.</summary>
    private const int LongestReason = 1000;

    private const string Reason = "Why";

    /// <summary>Checks the arguments of a group's operations.</summary>
    public static RouteGroupBuilder AddTo(RouteGroupBuilder group)
    {
        // A filter on every operation would have the framework compile two delegates for each.
        ((IEndpointConventionBuilder)group).Add(static operation =>
        {
            if (operation.Metadata.OfType<MethodInfo>().Any(HasLimit)) operation.FilterFactories.Add(Of);
        });
        return group;
    }

    private static bool HasLimit(MethodInfo handler) =>
        handler.GetParameters().Any(p => p.IsDefined(typeof(AllowedRangeAttribute)) || ReasonOf(p) is not null);

    // Reads the reason from an argument; null if the parameter has none.
    private static Func<object?, string?>? ReasonOf(ParameterInfo parameter)
    {
        if (parameter.ParameterType == typeof(string))
            return string.Equals(parameter.Name, Reason, StringComparison.OrdinalIgnoreCase) ? value => (string?)value : null;
        var property = parameter.ParameterType.GetProperty(Reason, typeof(string));
        return property is null ? null : value => value is null ? null : (string?)property.GetValue(value);
    }

    // It throws an InputException, which becomes an answer 400.
    private static EndpointFilterDelegate Of(EndpointFilterFactoryContext context, EndpointFilterDelegate next)
    {
        var ranges = context.MethodInfo.GetParameters().Select((p, i) => (Index: i, Name: NameOf(p),
            Range: p.GetCustomAttribute<AllowedRangeAttribute>())).Where(r => r.Range is not null).ToList();
        var reasons = context.MethodInfo.GetParameters().Select((p, i) => (Index: i, Of: ReasonOf(p))).Where(r => r.Of is not null)
            .ToList();
        return invocation =>
        {
            foreach (var (index, reason) in reasons)
                if (reason!(invocation.Arguments[index]) is { Length: > LongestReason } text)
                    throw new InputException($"why: the reason has {text.Length} characters; write at most {LongestReason}");
            foreach (var (index, name, range) in ranges)
                if (range!.FaultOf(name, Written(invocation.HttpContext.Request, name), invocation.Arguments[index]) is { } fault)
                    throw new InputException(fault);
            return next(invocation);
        };
    }

    // The framework passes a zero for any text that the parameter's type cannot hold.
    private static string? Written(HttpRequest request, string name) =>
        request.Query.TryGetValue(name, out var values) && values is [{ Length: > 0 } text] ? text : null;

    private static string NameOf(ParameterInfo parameter) => parameter.GetCustomAttribute<DisplayAttribute>()?.Name ?? parameter.Name!;
}
