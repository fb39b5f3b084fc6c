using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Granary.Application.Json;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.Routing;

/// <summary>Refuses numbers that are out of the <see cref="AllowedRangeAttribute"/> of their parameter.</summary>
internal static class RangeFilter
{
    /// <summary>Whether a parameter of the handler has a range.</summary>
    public static bool Applies(MethodInfo handler) => handler.GetParameters().Any(p => p.IsDefined(typeof(AllowedRangeAttribute)));

    /// <summary>A filter of the framework; it throws <see cref="InputException"/>, which becomes an answer 400.</summary>
    public static EndpointFilterDelegate Of(EndpointFilterFactoryContext context, EndpointFilterDelegate next)
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
