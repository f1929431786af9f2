#version 330 core
// The number of each triangle in 24 bits, lowest byte in red; `color` holds that of the first.
uniform vec3 color;
out vec4 frag_color;

void main()
{
    uvec3 first = uvec3(round(color * 255.0));
    uint number = first.r + 256u * first.g + 65536u * first.b + uint(gl_PrimitiveID);
    uvec3 bytes = uvec3(number & 255u, (number >> 8) & 255u, number >> 16);
    frag_color = vec4(vec3(bytes) / 255.0, 1.0);
}
